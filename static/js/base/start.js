// Starts the GOV.UK Frontend behaviours and our own small additions on every page.

import { initAll } from "../../vendor/govuk-frontend.min.js";
import { watchFilePickers } from "./files.js";
import { wirePrintButtons } from "./printing.js";
import { dropExpandedFromRadios } from "./radios.js";
import { keepSubmitsSingle } from "./submits.js";

initAll();
dropExpandedFromRadios(document);
keepSubmitsSingle(document);
watchFilePickers(document);
wirePrintButtons(document);
