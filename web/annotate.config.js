import { page } from "./bundling/page.js";
import { SERVED } from "./bundling/single-file.js";

export default page("annotate.html", SERVED, { emptyOutDir: false }); // the song page is there already
