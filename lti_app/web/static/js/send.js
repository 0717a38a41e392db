/* A page that only passes something on sends its form by itself; its button is there without us. */
const form = document.querySelector("form[data-send-now]");
if (form) form.requestSubmit();
