// Opens the page again after a while, unless somebody is in the middle of it with the keyboard.
const seconds = Number(document.currentScript.dataset.seconds);
const look = () => {
  if (document.activeElement === document.body || document.activeElement === null) location.reload();
  else setTimeout(look, 1000 * seconds);
};
setTimeout(look, 1000 * seconds);
