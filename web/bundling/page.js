/** How a page is built: one HTML file out of one entry. */

import { defineConfig } from "vite";

import { singleFile } from "./single-file.js";

export const page = (input, kind, build = {}) =>
  defineConfig({
    plugins: [singleFile(kind)],
    build: {
      target: "es2022",
      cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first with light-dark()
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 1 << 20, // fonts become data: addresses
      rollupOptions: { input },
      ...build,
    },
  });
