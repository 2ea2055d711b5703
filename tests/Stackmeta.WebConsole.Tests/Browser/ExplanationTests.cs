using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Stackmeta.WebConsole.Tests;

/// <summary>
/// From what is seen to why, in a real browser. Every test of a page also fails on a console error and on a request to elsewhere.
/// </summary>
public sealed class ExplanationTests(Browser browser)
{
    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task From_a_refusal_to_its_explanation_by_mouse(ColorScheme scheme)
    {
        await using var console = await ServedConsole.RefusingAsync();
        await using var watched = await browser.OpenAsync(console.Address, scheme);
        var page = watched.Page;
        var row = page.Locator("#refusals .row");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync("instance-not-found");
        await Expect(page.Locator("#station-api .reasons")).ToContainTextAsync("instance-not-found × 1");
        await watched.PictureAsync($"refusal-{scheme}".ToLowerInvariant());
        Assert.Empty(await Contrast.TooLowAsync(page));

        await row.ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("The store has no such instance.");
        await Expect(page.Locator(".verdict")).ToContainTextAsync("Next: Create it.");
        await Expect(page.Locator(".links [data-state=broken]")).ToHaveCountAsync(1);
        await watched.PictureAsync($"explanation-{scheme}".ToLowerInvariant());
        Assert.Empty(await Contrast.TooLowAsync(page));
    }

    [Fact]
    public async Task From_a_refusal_to_its_explanation_and_back_by_keyboard()
    {
        await using var console = await ServedConsole.RefusingAsync();
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await Expect(page.Locator("#refusals .row")).ToHaveCountAsync(1);
        for (var tabs = 0; tabs < 10 && !await IsFocusedAsync(page, "#refusals .row"); tabs++)
        {
            await page.Keyboard.PressAsync("Tab");
        }
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#guest-heading")).ToBeFocusedAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("Next: Create it.");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#refusals .row")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_guest_is_found_by_its_name_with_a_slash_and_enter()
    {
        await using var console = await ServedConsole.StartAsync();
        console.Path.Inventory = ScriptedPath.InventoryOf(networks: 3, guests: 20);
        console.Path.Explain = _ => ServedConsole.Broken;
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await Expect(page.Locator("#places .row")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("vm-2-13");
        await Expect(page.Locator("#places .row")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#guest-heading")).ToHaveTextAsync("vm-2-13");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#places .row")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task User_data_and_password_are_asked_for_when_they_are_shown_and_not_before()
    {
        await using var console = await ServedConsole.RefusingAsync();
        console.Path.Document = _ => new(200, "swordfish"u8.ToArray());
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await page.Locator("#refusals .row").ClickAsync();
        var userData = page.Locator(".document", new() { HasText = "user_data" });
        await Expect(userData).ToContainTextAsync("private");
        await Expect(page.Locator(".verdict")).ToContainTextAsync("Next");
        Assert.Empty(console.Path.Read);
        await userData.ClickAsync();
        await Expect(page.Locator(".text:visible")).ToHaveTextAsync("swordfish");
        Assert.Equal(["/openstack/latest/user_data"], console.Path.Read);
        await userData.ClickAsync();
        Assert.DoesNotContain("swordfish", await page.ContentAsync());
    }

    [Fact]
    public async Task What_a_guest_writes_stays_text()
    {
        const string Evil = "/<script>alert(1)</script><img src=x onerror=alert(2)>";
        await using var console = await ServedConsole.StartAsync();
        console.Path.Inventory = ScriptedPath.InventoryOf(networks: 1, guests: 1);
        console.Path.Inventory["networks"] = console
            .Path.Inventory["networks"]
            .Replace("net-0", "<b>net</b>", StringComparison.Ordinal);
        console.Path.Document = _ => new(200, "<script>alert(3)</script>"u8.ToArray());
        console.Path.Explain = _ => throw new ConsoleException("<i>no</i>");
        console.Path.Send(
            Requests.Refused() with
            {
                Target = Evil,
                Time = TimeProvider.System.GetUtcNow(),
                ScopeId = ScriptedPath.NetworkId(0),
            }
        );
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await Expect(page.Locator("#refusals .row")).ToContainTextAsync(Evil);
        await Expect(page.Locator("#places .row")).ToContainTextAsync("<b>net</b>");
        await page.Locator("#refusals .row").ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("<i>no</i>");
        await page.Locator(".document").First.ClickAsync();
        await Expect(page.Locator(".text").First).ToHaveTextAsync("<script>alert(3)</script>");
        Assert.Equal(1, await page.Locator("script").CountAsync());
        Assert.Equal(0, await page.Locator("img, b, i").CountAsync());
    }

    static Task<bool> IsFocusedAsync(IPage page, string selector) =>
        page.EvaluateAsync<bool>($"() => document.activeElement.matches(\"{selector}\")");
}
