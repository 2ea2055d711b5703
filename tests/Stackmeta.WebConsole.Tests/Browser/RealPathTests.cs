using System.Diagnostics;
using Microsoft.Playwright;
using Stackmeta.Tests.Support.Rig;
using static Microsoft.Playwright.Assertions;

namespace Stackmeta.WebConsole.Tests;

/// <summary>The whole of it: real networks and guests, the program and its console as processes, and the browser.</summary>
public sealed class RealPathTests(Browser browser, TwoNetworks networks) : IClassFixture<TwoNetworks>
{
    [Fact]
    public async Task A_guest_that_was_refused_is_explained_and_one_that_is_well_is_shown_what_it_is_told()
    {
        await using var console = await RunningConsole.StartAsync(networks.Program.Options);
        await using var watched = await browser.OpenAsync(console.Address);
        var page = watched.Page;
        await Expect(page.Locator("#state")).ToHaveTextAsync("ready · 1 process");
        await Expect(page.Locator("#places .row")).ToHaveCountAsync(2);

        // Somebody with an address that no port has asks, and so does a guest that is well.
        var alpha = networks.Alpha;
        await alpha.RunAsync("ip", "addr", "add", "10.0.0.100/26", "dev", "eth0");
        await alpha.RunAsync(
            "curl",
            "-sS",
            "--max-time",
            "10",
            "--interface",
            "10.0.0.100",
            "http://169.254.169.254/latest/meta-data/"
        );
        await alpha.UuidAsync();

        var row = page.Locator("#refusals .row", new() { HasText = "10.0.0.100" });
        await Expect(row).ToContainTextAsync("port-not-found");
        await Expect(page.Locator("#station-store")).ToContainTextAsync("to answer");
        await Expect(page.Locator("#station-agent .reasons")).ToContainTextAsync("port-not-found");
        await row.ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("No port of the network has this address");
        await Expect(page.Locator(".links li")).ToHaveCountAsync(16);
        await watched.PictureAsync("real-refusal");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(alpha.Address);
        await page.Locator("#places .guest-row", new() { HasText = "Älpha" }).First.ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("Every link is fine");
        await page.Locator(".document", new() { HasText = "meta_data.json" }).ClickAsync();
        await Expect(page.Locator(".text:visible")).ToContainTextAsync(alpha.Instance.Id);
        await Expect(page.Locator(".text:visible")).ToContainTextAsync("\"random_seed\": \"…\"");
        await watched.PictureAsync("real-guest");
    }
}

/// <summary>The hops as processes of their own.</summary>
public sealed class ThreeProcessesTests(Browser browser)
{
    [Fact]
    public async Task Three_processes_are_one_picture()
    {
        Requirements.Check();
        var folder = RunningProgram.MakeFolder();
        try
        {
            await LookAsync(folder, RunningProgram.FreePort());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task LookAsync(string folder, int port)
    {
        await using var api = await RunningProgram.StartCommandAsync(
            folder,
            "api",
            "--set",
            $"api.listen=127.0.0.1:{port}"
        );
        await using var agent = await RunningProgram.StartCommandAsync(
            folder,
            "agent",
            "--set",
            $"agent.api=http://127.0.0.1:{port}"
        );
        await using var edge = await RunningProgram.StartCommandAsync(folder, "edge");
        using var inventory = edge.OpenInventory();
        var network = await TwoNetworks.CreateNetworkAsync(inventory, "three");
        await TwoNetworks.WaitForNetworkAsync(network.Id);
        await using var guest = await Guest.CreateAsync(
            inventory,
            network.Id,
            new() { Name = "gamma", ProjectId = "p" }
        );
        await guest.AcquireLeaseAsync();

        await using var console = await RunningConsole.StartAsync(RunningProgram.OptionsOf(folder, port));
        await using var watched = await browser.OpenAsync(console.Address, ColorScheme.Light);
        var page = watched.Page;
        await Expect(page.Locator("#state")).ToHaveTextAsync("ready · 3 processes");
        await guest.UuidAsync();
        // The instance goes, and its port with it: the agent knows why there is no answer, the edge sees a mere status.
        await inventory.Instances.DeleteAsync(guest.Instance.Id);
        // Another process sees the change a moment later; until then the guest is answered.
        while ((await guest.RunAsync("curl", "-sSf", "--max-time", "10", "http://169.254.169.254/latest/")).Code == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }
        var row = page.Locator("#refusals .row");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync(guest.Address);
        foreach (var station in (string[])["edge", "agent", "api", "store"])
        {
            await Expect(page.Locator($"#station-{station} .rate")).ToContainTextAsync("to answer");
        }
        await watched.PictureAsync("three-processes");
    }
}

/// <summary><c>stackmeta console</c> as a process.</summary>
sealed class RunningConsole : IAsyncDisposable
{
    readonly Process _process;

    RunningConsole(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<RunningConsole> StartAsync(string[] options)
    {
        var process = Process.Start(
            new ProcessStartInfo(Checkout.Program, ["console", "--patience", "5", .. options])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (line.Contains("http://127.0.0.1:", StringComparison.Ordinal))
            {
                return new(process, new Uri(line.Trim()));
            }
        }
        throw new InvalidOperationException("It ended without an address.");
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(ExitCodes.Done, _process.ExitCode);
        _process.Dispose();
    }
}
