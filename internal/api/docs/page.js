"use strict";
// Everything comes from this server: the page makes no outside request.
Redoc.init("openapi.json", { hideDownloadButtons: false, expandResponses: "200,201", nativeScrollbars: true }, document.getElementById("reference"));
