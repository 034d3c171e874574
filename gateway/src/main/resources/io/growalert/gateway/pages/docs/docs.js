// "Try it out" calls the gateway that served this page: the document's first server is "/".
window.SwaggerUIBundle({
  url: '/docs/openapi.yaml',
  dom_id: '#docs',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // no external validator
  validatorUrl: null,
});
