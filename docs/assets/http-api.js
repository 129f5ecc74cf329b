// Render the spec, which the build writes into `spec.js`, in the scheme of the page.
SwaggerUIBundle({spec: CHECKPOINTS_SPEC, dom_id: "#swagger-ui", supportedSubmitMethods: [], validatorUrl: null});

const followScheme = () =>
  document.documentElement.classList.toggle("dark-mode", document.body.dataset.mdColorScheme === "slate");
new MutationObserver(followScheme).observe(document.body, {attributeFilter: ["data-md-color-scheme"]});
followScheme();
