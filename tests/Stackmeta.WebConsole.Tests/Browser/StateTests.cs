using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Stackmeta.WebConsole.Tests;

/// <summary>What the page says while things come and go.</summary>
public sealed class StateTests(Browser browser)
{
    [Fact]
    public async Task Where_nothing_runs_the_page_says_so_and_comes_alive_by_itself()
    {
        await using var console = await ServedConsole.StartAsync();
        console.Path.IsRunning = false;
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await Expect(page.Locator("#state")).ToHaveTextAsync("not running");
        await Expect(page.Locator("#notice")).ToContainTextAsync("Start one.");
        await Expect(page.Locator("#places")).ToContainTextAsync("Not known");
        await Expect(page.Locator("#refusals")).ToContainTextAsync("Not known");
        await watched.PictureAsync("not-running");
        Assert.Empty(await Contrast.TooLowAsync(page));
        console.Path.IsRunning = true;
        await Expect(page.Locator("#state")).ToHaveTextAsync("ready · 1 process");
        await Expect(page.Locator("#notice")).ToBeHiddenAsync();
        await Expect(page.Locator("#places")).ToContainTextAsync("No network yet");
        await Expect(page.Locator("#refusals")).ToContainTextAsync("Nobody was refused");
        await watched.PictureAsync("empty");
        console.Path.Stop();
        await Expect(page.Locator("#state")).ToHaveTextAsync("not running");
    }

    [Fact]
    public async Task Without_an_inventory_it_waits_for_guests_to_ask_and_shows_those()
    {
        await using var console = await ServedConsole.StartAsync();
        console.Path.Inventory = null;
        await using var watched = await browser.OpenAsync(console.Address);
        await Expect(watched.Page.Locator("#places")).ToContainTextAsync("Nobody has asked yet");
        console.Path.Send(Requests.Answered() with { Time = TimeProvider.System.GetUtcNow() });
        await Expect(watched.Page.Locator("#places .row")).ToContainTextAsync(Requests.Network);
        await watched.Page.Locator("#places .row").ClickAsync();
        await Expect(watched.Page.Locator("#places .guest-row")).ToContainTextAsync("10.0.0.9");
    }

    [Fact]
    public async Task What_is_not_ready_says_why_and_where()
    {
        await using var console = await ServedConsole.StartAsync();
        console.Path.Trouble = "the socket /run/metadata_proxy was taken away or belongs to another agent";
        await using var watched = await browser.OpenAsync(console.Address, ColorScheme.Light);
        await Expect(watched.Page.Locator("#state")).ToHaveTextAsync("not ready");
        await Expect(watched.Page.Locator("#notice")).ToContainTextAsync("was taken away");
        await Expect(watched.Page.Locator("#station-agent")).ToContainTextAsync("was taken away");
        await watched.PictureAsync("not-ready");
        Assert.Empty(await Contrast.TooLowAsync(watched.Page));
    }

    [Fact]
    public async Task When_the_console_ends_the_page_says_so_and_a_new_one_asks_for_its_address()
    {
        var first = await ServedConsole.StartAsync();
        await using var watched = await browser.OpenAsync(first.Address);
        await Expect(watched.Page.Locator("#state")).ToContainTextAsync("ready");
        await first.DisposeAsync();
        await Expect(watched.Page.Locator("#state")).ToHaveTextAsync("connection lost");
        await watched.PictureAsync("connection-lost");
        Assert.Empty(await Contrast.TooLowAsync(watched.Page));

        await using var second = await ServedConsole.StartAsync(first.Address.Port);
        await Expect(watched.Page.Locator("#state")).ToHaveTextAsync("ended");
        await Expect(watched.Page.Locator("#notice")).ToContainTextAsync("open the address that it prints");
    }

    [Fact]
    public async Task While_nobody_looks_no_process_is_asked()
    {
        await using var console = await ServedConsole.StartAsync();
        Assert.Equal(0, console.Path.Followers);
        await using var watched = await browser.OpenAsync(console.Address);
        await Expect(watched.Page.Locator("#state")).ToContainTextAsync("ready");
        Assert.Equal(1, console.Path.Followers);
        Assert.DoesNotContain("token", watched.Page.Url);
    }

    [Fact]
    public async Task Without_the_token_the_browser_gets_a_sentence()
    {
        await using var console = await ServedConsole.StartAsync();
        var wrong = new Uri($"http://127.0.0.1:{console.Address.Port}/?token=wrong");
        await using var watched = await browser.OpenAsync(console.Address);
        var answer = await watched.Page.Context.APIRequest.GetAsync(wrong.AbsoluteUri);
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Thousands_of_guests_and_requests_stay_fast()
    {
        await using var console = await ServedConsole.StartAsync();
        console.Path.Inventory = ScriptedPath.InventoryOf(networks: 20, guests: 500);
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await Expect(page.Locator("#station-guests")).ToContainTextAsync("10,000 guests");
        for (var i = 0; i < 5000; i++)
        {
            console.Path.Send(
                Requests.Answered($"10.{i % 20}.0.{(i % 200) + 10}") with
                {
                    Time = TimeProvider.System.GetUtcNow(),
                    ScopeId = ScriptedPath.NetworkId(i % 20),
                }
            );
        }
        await Expect(page.Locator("#station-edge .times")).ToContainTextAsync("/s");
        await page.Locator("#places .row").First.ClickAsync();
        await Expect(page.Locator("#places .guest-row")).ToHaveCountAsync(50);
        await page.Locator("#places .more").ClickAsync();
        await Expect(page.Locator("#places .guest-row")).ToHaveCountAsync(100);
        Assert.True(await page.Locator("*").CountAsync() < 2000);
        Assert.InRange(await page.Locator(".dot").CountAsync(), 0, 40);
    }
}
