import { defineConfig } from "vite";

import { singleFile } from "./bundling/single-file.js";

export default defineConfig({
  plugins: [singleFile()],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first with light-dark()
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 1 << 20, // fonts become data: addresses
    rollupOptions: { input: "page.html" },
  },
});
