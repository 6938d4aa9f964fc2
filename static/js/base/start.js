// Starts the GOV.UK Frontend behaviours and our own small additions on every page.

import { initAll } from "../../vendor/govuk-frontend.min.js";
import { keepSubmitsSingle } from "./submits.js";
import { watchFilePickers } from "./files.js";
import { wirePrintButtons } from "./printing.js";

initAll();
keepSubmitsSingle(document);
watchFilePickers(document);
wirePrintButtons(document);
