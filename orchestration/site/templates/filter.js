(function () {
  "use strict";
  var box = document.getElementById("filter");
  var count = document.getElementById("filter-count");
  var tables = Array.prototype.slice.call(document.querySelectorAll("section.dictionary"));
  function fold(text) { return text.toLocaleLowerCase("da"); }
  function show() {
    var wanted = fold(box.value).split(/\s+/).filter(Boolean);
    var found = 0;
    function fits(text) { return wanted.every(function (word) { return text.indexOf(word) >= 0; }); }
    tables.forEach(function (table) {
      var head = fold(table.querySelector(".about").textContent);
      var any = false;
      Array.prototype.forEach.call(table.querySelectorAll("tbody tr"), function (row) {
        var fitting = fits(head + " " + fold(row.textContent));
        row.hidden = !fitting;
        if (fitting) { any = true; found += 1; }
      });
      table.hidden = !any;
      document.getElementById("genvej-" + table.id).hidden = !any;
    });
    count.textContent = wanted.length
      ? (found === 1 ? "1 kolonne passer." : found + " kolonner passer.")
      : "";
  }
  document.getElementById("filter-form").hidden = false;
  document.getElementById("filter-form").addEventListener("submit", function (event) { event.preventDefault(); });
  box.addEventListener("input", show);
  show();
})();
