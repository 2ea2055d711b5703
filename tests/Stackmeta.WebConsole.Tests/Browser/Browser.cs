using System.Collections.Concurrent;
using Microsoft.Playwright;
using Stackmeta.WebConsole.Tests;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Stackmeta.WebConsole.Tests;

/// <summary>Debian's Chromium, one for all tests; each opens a page of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    const string Chromium = "/usr/bin/chromium";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    IPlaywright? _playwright;
    IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            return;
        }
        // A busy machine is no failure.
        Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium,
                // Chromium's own sandbox refuses root.
                Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            }
        );
    }

    /// <summary>Opens the console as an operator does who clicks the address in a terminal.</summary>
    internal async Task<Watched> OpenAsync(
        Uri address,
        ColorScheme scheme = ColorScheme.Dark,
        int width = 1280,
        int height = 800,
        ReducedMotion motion = ReducedMotion.NoPreference
    )
    {
        Assert.SkipUnless(_browser is not null, $"{Chromium} is not installed; ./test installs it.");
        var context = await _browser.NewContextAsync(
            new()
            {
                ColorScheme = scheme,
                ReducedMotion = motion,
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        var page = new Watched(context, await context.NewPageAsync());
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
    }
}

/// <summary>A page, and what it did that it must not do.</summary>
sealed class Watched : IAsyncDisposable
{
    readonly IBrowserContext _context;
    readonly ConcurrentQueue<string> _wrong = new();

    public Watched(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            // A stream that breaks off or is refused is the point of some tests; the browser writes a line of its own for it.
            if (
                message.Type is "error" or "warning"
                && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
            )
            {
                _wrong.Enqueue($"console: {message.Text}");
            }
        };
        page.PageError += (_, error) => _wrong.Enqueue($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Host != "127.0.0.1")
            {
                _wrong.Enqueue($"request: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Keeps a picture for eyes in the artifacts.</summary>
    public Task PictureAsync(string name) =>
        Page.ScreenshotAsync(
            new()
            {
                Path = Path.Combine(Stackmeta.Tests.Support.Repository.Root, "artifacts", "console", name + ".png"),
            }
        );

    /// <summary>The names and roles of everything that an assistive program finds.</summary>
    public async Task<IReadOnlyList<(string Role, string Name)>> AccessibleAsync()
    {
        var session = await _context.NewCDPSessionAsync(Page);
        var tree = await session.SendAsync("Accessibility.getFullAXTree");
        return
        [
            .. tree!
                .Value.GetProperty("nodes")
                .EnumerateArray()
                .Where(static node => !node.GetProperty("ignored").GetBoolean())
                .Select(static node => (TextOf(node, "role"), TextOf(node, "name"))),
        ];
    }

    static string TextOf(System.Text.Json.JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) && value.TryGetProperty("value", out var text) ? text.ToString() : "";

    /// <summary>No console error, no exception, no request to anywhere but loopback: in every test.</summary>
    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_wrong);
    }
}
