(function () {
  "use strict";
  var form = document.getElementById("filters");
  var shown = document.getElementById("shown");
  var cards = document.querySelectorAll("article");
  var villages = document.querySelectorAll("main > section");
  var sheets = document.querySelectorAll(".sheet");
  if (!form) { return; }

  function has(list, word) { return (" " + list + " ").indexOf(" " + word + " ") >= 0; }

  function fits(card, where, tier, cause) {
    return (!where || has(card.parentNode.getAttribute("data-in"), where)) &&
      (!tier || card.className === tier) &&
      (!cause || has(card.getAttribute("data-c"), cause));
  }

  function hide(parents, children) {
    for (var i = 0; i < parents.length; i += 1) {
      parents[i].hidden = !parents[i].querySelector(children + ":not([hidden])");
    }
  }

  function filter() {
    var where = form.elements.where.value, tier = form.elements.tier.value, cause = form.elements.cause.value;
    var count = 0;
    for (var i = 0; i < cards.length; i += 1) {
      var fit = fits(cards[i], where, tier, cause), row = document.getElementById("r" + cards[i].id.slice(1));
      cards[i].hidden = !fit;
      if (row) { row.hidden = !fit; }
      count += fit ? 1 : 0;
    }
    hide(villages, "article");
    hide(sheets, "tbody tr");
    sides();
    shown.textContent = shown.getAttribute("data-said").replace("{n}", count);
  }

  function sides() {
    document.body.className = form.elements.back.checked ? "" : "one-sided";
  }

  form.hidden = false;
  form.addEventListener("change", filter);
  form.addEventListener("reset", function () { setTimeout(filter, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.elements.print.addEventListener("click", function () { window.print(); });
  filter();
}());
