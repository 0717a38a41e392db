// Sends the form by itself; the button stays for browsers without scripts.
for (const form of document.querySelectorAll("form[data-auto-post]")) form.submit();
