/// The script of every page: a tooltip that follows the pointer, or the arrow keys in a chart that has the focus. Without
/// it the browser shows the same texts itself.
enum PageScript {
  static let markup: Markup = """
    (() => {
      const tip = document.createElement("div");
      tip.className = "tip";
      tip.hidden = true;
      tip.setAttribute("role", "status");
      document.body.append(tip);
      for (const title of document.querySelectorAll(".hits title")) {
        title.parentNode.dataset.tip = title.textContent;
        title.remove();
      }
      const show = (area, x, y) => {
        tip.hidden = !area;
        if (!area) return;
        tip.textContent = area.dataset.tip;
        const box = tip.getBoundingClientRect();
        tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
        tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + "px";
      };
      const point = (event) => show(event.target.closest?.("[data-tip]"), event.clientX, event.clientY);
      document.addEventListener("pointermove", point);
      document.addEventListener("pointerdown", point);
      document.addEventListener("pointerleave", () => show(null));
      for (const svg of document.querySelectorAll("svg[role=img]")) {
        const title = svg.querySelector("title");
        svg.setAttribute("aria-label", title.textContent);
        svg.removeAttribute("aria-labelledby");
        title.remove();
        const areas = [...svg.querySelectorAll("[data-tip]")];
        if (!areas.length) continue;
        let at = -1;
        const go = (place) => {
          areas[at]?.classList.remove("on");
          at = place;
          if (at < 0) return show(null);
          areas[at].classList.add("on");
          const box = areas[at].getBoundingClientRect();
          show(areas[at], box.right, Math.min(box.bottom, innerHeight) - 40);
        };
        svg.tabIndex = 0;
        svg.addEventListener("blur", () => go(-1));
        svg.addEventListener("keydown", (event) => {
          const last = areas.length - 1;
          const places = {
            ArrowRight: Math.min(last, at + 1), ArrowDown: Math.min(last, at + 1), ArrowLeft: Math.max(0, at - 1),
            ArrowUp: Math.max(0, at - 1), Home: 0, End: last, Escape: -1 };
          if (!(event.key in places)) return;
          event.preventDefault();
          go(places[event.key]);
        });
      }
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = " Charts tell their values under the pointer, or by the arrow keys.";
      document.querySelector("footer").append(hint);
    })();
    """
}
