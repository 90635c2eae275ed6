// The page at /docs: Swagger UI on this server's own description of itself.

/** The request that was tried is shown as a command; the key in it would be read over a shoulder. */
const hideKey = (system) => ({
  wrapComponents: {
    curl: (Original) => (props) =>
      system.React.createElement(Original, {
        ...props,
        request: props.request.hasIn(["headers", "Authorization"])
          ? props.request.setIn(["headers", "Authorization"], "Bearer $KEY")
          : props.request,
      }),
  },
});

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [hideKey],
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // The key stays in this page's memory, and nothing that is said in the address changes the page.
  persistAuthorization: false,
  queryConfigEnabled: false,
  // Would ask a server of others about the document.
  validatorUrl: null,
});
