using System.Diagnostics;
using System.Globalization;

namespace Stackmeta.Published.Tests;

/// <summary>
/// A program that has no descriptor left to accept with. Tried on the program as it ships only: a runtime that compiles while it runs may
/// itself end for want of one.
/// </summary>
public sealed class DescriptorLimitTests : IDisposable
{
    const string Settings = "agent.api=in-process api.listen=127.0.0.1:18794 edge.watch_only=";

    readonly string _data = Directory.CreateTempSubdirectory("stackmeta-descriptors-").FullName;
    readonly Guid _network = Guid.NewGuid();

    string Namespace => $"qdhcp-{_network}";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_waits_while_no_descriptor_is_left_and_is_answered_then()
    {
        await RunAsync("ip", "netns", "add", Namespace);
        await RunAsync("ip", "-n", Namespace, "link", "set", "lo", "up");
        await RunAsync("ip", "-n", Namespace, "address", "add", "169.254.169.254/32", "dev", "lo");
        using var program = Start(
            PublishedFolder.Program,
            [
                "up",
                "--watch",
                "--data",
                _data,
                .. $"{Settings}{_network}".Split(' ').SelectMany(s => new[] { "--set", s }),
            ]
        );
        try
        {
            while (await program.StandardOutput.ReadLineAsync(Cancellation) is { } line && line != "Ready.") { }
            await LimitAsync(program, LowestFree(program));
            using var guest = Start(
                "ip",
                ["netns", "exec", Namespace, "curl", "-s", "-m", "20", "-w", "%{http_code}", "http://169.254.169.254/"]
            );
            // Long enough for some tries in vain.
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
            Assert.False(guest.HasExited);
            await LimitAsync(program, 1024);
            // No instance has that address.
            Assert.EndsWith("404", await guest.StandardOutput.ReadToEndAsync(Cancellation));
            Assert.False(program.HasExited);
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
        }
    }

    static Task LimitAsync(Process program, int limit) =>
        RunAsync("prlimit", "--pid", $"{program.Id}", $"--nofile={limit}:");

    /// <summary>The number that the next descriptor gets.</summary>
    static int LowestFree(Process program)
    {
        var open = Directory
            .EnumerateFiles($"/proc/{program.Id}/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            .ToHashSet();
        return Enumerable.Range(0, open.Count + 1).First(number => !open.Contains(number));
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;

    public void Dispose()
    {
        Process.Start("ip", ["netns", "delete", Namespace]).WaitForExit();
        Directory.Delete(_data, recursive: true);
    }
}
