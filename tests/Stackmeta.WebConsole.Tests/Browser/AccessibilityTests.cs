using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Stackmeta.WebConsole.Tests;

/// <summary>By keyboard, by ear, with less motion, and on every size of screen.</summary>
public sealed class AccessibilityTests(Browser browser)
{
    [Fact]
    public async Task Arrows_go_through_a_list_and_one_row_is_in_the_order_of_tab()
    {
        await using var console = await ServedConsole.StartAsync();
        console.Path.Inventory = ScriptedPath.InventoryOf(networks: 5, guests: 1);
        await using var watched = await browser.OpenAsync(console.Address);
        var rows = watched.Page.Locator("#places .row");
        await Expect(rows).ToHaveCountAsync(5);
        await rows.First.FocusAsync();
        await watched.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(rows.Nth(1)).ToBeFocusedAsync();
        await watched.Page.Keyboard.PressAsync("End");
        await Expect(rows.Nth(4)).ToBeFocusedAsync();
        await Expect(watched.Page.Locator("#places .row[tabindex='0']")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Everything_that_can_be_pressed_has_a_name_and_parts_are_landmarks()
    {
        await using var console = await ServedConsole.RefusingAsync();
        await using var watched = await browser.OpenAsync(console.Address);
        await Expect(watched.Page.Locator("#refusals .row")).ToHaveCountAsync(1);
        await AssertNamedAsync(watched);
        await watched.Page.Locator("#refusals .row").ClickAsync();
        await Expect(watched.Page.Locator(".document")).Not.ToHaveCountAsync(0);
        await AssertNamedAsync(watched);
        var tree = await watched.AccessibleAsync();
        Assert.Contains(("heading", "vm-1-3"), tree);
        Assert.Contains(tree, node => node is { Role: "main" });
        Assert.Contains(tree, node => node is { Role: "banner" });
        Assert.Contains(tree, node => node is { Role: "search" });
        Assert.Contains(tree, node => node is { Role: "region", Name: "The path of a request" });
        Assert.Contains(tree, node => node.Name == "broken");
    }

    [Fact]
    public async Task A_new_refusal_is_told_to_screen_readers_and_an_old_one_is_not()
    {
        await using var console = await ServedConsole.RefusingAsync();
        await using var watched = await browser.OpenAsync(console.Address);
        await Expect(watched.Page.Locator("#refusals .row")).ToHaveCountAsync(1);
        await Expect(watched.Page.Locator("#live")).ToBeEmptyAsync();
        console.Path.Send(Requests.Refused("10.9.9.9") with { Time = TimeProvider.System.GetUtcNow() });
        await Expect(watched.Page.Locator("#live")).ToHaveTextAsync("Refused: 10.9.9.9, port-not-found.");
    }

    [Fact]
    public async Task Who_asks_for_less_motion_sees_no_dots_and_others_do()
    {
        await using var console = await ServedConsole.StartAsync();
        await using var moving = await browser.OpenAsync(console.Address);
        await using var still = await browser.OpenAsync(console.Address, motion: ReducedMotion.Reduce);
        await Expect(moving.Page.Locator("#state")).ToContainTextAsync("ready");
        await Expect(still.Page.Locator("#state")).ToContainTextAsync("ready");
        for (var i = 0; i < 8; i++)
        {
            console.Path.Send(Requests.Answered() with { Time = TimeProvider.System.GetUtcNow() });
        }
        await moving.Page.Locator(".dot").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(still.Page.Locator("#station-guests .rate")).Not.ToHaveTextAsync("0 requests/s");
        Assert.Equal(0, await still.Page.Locator(".dot").CountAsync());
    }

    [Fact]
    public async Task A_phone_shows_it_without_scrolling_sideways()
    {
        await using var console = await ServedConsole.RefusingAsync();
        await using var watched = await browser.OpenAsync(console.Address, ColorScheme.Light, 390, 844);
        await Expect(watched.Page.Locator("#refusals .row")).ToHaveCountAsync(1);
        await watched.PictureAsync("phone");
        Assert.True(await FitsAsync(watched.Page, "scrollWidth <= innerWidth"));
        await watched.Page.Locator("#refusals .row").ClickAsync();
        await Expect(watched.Page.Locator("#guest-heading")).ToBeInViewportAsync();
        Assert.True(await FitsAsync(watched.Page, "scrollWidth <= innerWidth"));
    }

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(1600, 1000)]
    public async Task One_screen_holds_it_all(int width, int height)
    {
        await using var console = await ServedConsole.RefusingAsync();
        console.Path.Inventory = ScriptedPath.InventoryOf(networks: 60, guests: 3);
        await using var watched = await browser.OpenAsync(console.Address, width: width, height: height);
        await Expect(watched.Page.Locator("#places .row")).ToHaveCountAsync(60);
        Assert.True(await FitsAsync(watched.Page, "scrollHeight <= innerHeight"));
        await watched.Page.Locator("#refusals .row").ClickAsync();
        await Expect(watched.Page.Locator(".verdict")).ToContainTextAsync("Next");
        Assert.True(await FitsAsync(watched.Page, "scrollHeight <= innerHeight"));
    }

    static async Task AssertNamedAsync(Watched watched) =>
        Assert.All(
            (await watched.AccessibleAsync()).Where(static node =>
                node.Role is "button" or "searchbox" or "checkbox" or "link" or "textbox" or "region" or "list"
            ),
            node => Assert.True(node.Role == "list" || node.Name.Length > 0, $"a {node.Role} has no name")
        );

    static Task<bool> FitsAsync(IPage page, string condition) =>
        page.EvaluateAsync<bool>($"() => document.documentElement.{condition}");
}
