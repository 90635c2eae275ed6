/** A sheet that comes with what imports it; Vite makes a file of it. */
declare module "*.css";
