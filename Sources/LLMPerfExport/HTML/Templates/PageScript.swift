/// The script of every page: a tooltip that follows the pointer. Without it the browser shows the same texts itself.
enum PageScript {
  static let text = """
    (() => {
      const tip = document.createElement("div");
      tip.className = "tip";
      tip.hidden = true;
      tip.setAttribute("aria-hidden", "true");
      document.body.append(tip);
      for (const title of document.querySelectorAll(".hits title")) {
        title.parentNode.dataset.tip = title.textContent;
        title.remove();
      }
      for (const svg of document.querySelectorAll("svg[role=img]")) {
        const title = svg.querySelector("title");
        svg.setAttribute("aria-label", title.textContent);
        svg.removeAttribute("aria-labelledby");
        title.remove();
      }
      const show = (event) => {
        const target = event.target.closest && event.target.closest("[data-tip]");
        tip.hidden = !target;
        if (!target) return;
        tip.textContent = target.dataset.tip;
        const box = tip.getBoundingClientRect();
        const left = event.clientX + 14;
        const top = event.clientY + 18;
        tip.style.left = Math.max(4, Math.min(left, innerWidth - box.width - 8)) + "px";
        tip.style.top = (top + box.height > innerHeight ? event.clientY - box.height - 10 : top) + "px";
      };
      document.addEventListener("pointermove", show);
      document.addEventListener("pointerdown", show);
      document.addEventListener("pointerleave", () => { tip.hidden = true; });
    })();
    """
}
