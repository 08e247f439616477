import { page } from "./bundling/page.js";
import { FROM_DISK } from "./bundling/single-file.js";

export default page("page.html", FROM_DISK);
