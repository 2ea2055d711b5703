using Microsoft.Playwright;

namespace Stackmeta.WebConsole.Tests;

/// <summary>The contrast of every text that is seen, computed as WCAG 2.2 does (1.4.3; relative luminance).</summary>
static class Contrast
{
    /// <summary>Texts whose contrast to what is behind them is below 4.5 to 1.</summary>
    public static async Task<string[]> TooLowAsync(IPage page) =>
        await page.EvaluateAsync<string[]>(
            """
            () => {
              const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
              const luminance = ([r, g, b]) => {
                const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
                return 0.2126 * x + 0.7152 * y + 0.0722 * z;
              };
              const behind = (element) => {
                for (let e = element; e; e = e.parentElement) {
                  const colour = channels(getComputedStyle(e).backgroundColor);
                  if (colour.length === 3 || colour[3] === 1) return colour;
                }
                return [255, 255, 255];
              };
              const low = [];
              const check = (element, text, style) => {
                const [one, other] = [luminance(channels(style.color)), luminance(behind(element))].sort((a, b) => b - a);
                const ratio = (one + 0.05) / (other + 0.05);
                if (ratio < 4.5) low.push(`${ratio.toFixed(2)}: ${text}`);
              };
              const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              let checked = 0;
              while (walk.nextNode()) {
                const element = walk.currentNode.parentElement;
                const text = walk.currentNode.textContent.trim();
                if (!text || !element.checkVisibility()) continue;
                check(element, text, getComputedStyle(element));
                checked++;
              }
              for (const input of document.querySelectorAll("input[placeholder]")) check(input, input.placeholder, getComputedStyle(input, "::placeholder"));
              return checked > 10 ? low : ["nothing was checked"];
            }
            """
        );
}
