/**
 * The unit of the one service that most machines have, and that of instances (`honnin@bank.service`).
 *
 * @param {string} template `deploy/debian/honnin.service`
 * @returns {Record<string, string>} file name → text
 */
export function systemdUnits(template) {
  const body = template.slice(template.indexOf("[Unit]"));
  const unit = (values) => body.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
  return {
    "honnin.service": unit({
      description: "Honnin telephone authentication",
      config: "/etc/honnin/honnin.yaml",
      data: "honnin",
    }),
    "honnin@.service": unit({
      description: "Honnin telephone authentication (%i)",
      config: "/etc/honnin/%i.yaml",
      data: "honnin/instances/%i",
    }),
  };
}
