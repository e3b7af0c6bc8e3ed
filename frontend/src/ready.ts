// Imported before everything else, lit included. Home Assistant 2026.10 runs a registered module
// while its own app still loads, and the app then replaces the registry of elements: what was
// defined before is not found. 2026.11 waits by itself.
await customElements.whenDefined("home-assistant");
export {};
