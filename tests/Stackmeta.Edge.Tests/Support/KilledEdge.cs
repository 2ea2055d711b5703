using System.Diagnostics;

namespace Stackmeta.Edge.Tests;

/// <summary>An edge in a process of its own.</summary>
sealed class KilledEdge(Process process) : IDisposable
{
    /// <summary>Starts it and waits until its network is up.</summary>
    public static async Task<KilledEdge> StartAsync(EdgeOptions options, EdgeNetwork network)
    {
        string[] arguments =
        [
            EntryPoint.Keep,
            options.RunDirectory,
            options.MetadataProxySocket,
            $"{network.Id}",
            $"{network.DhcpPort.Id}",
        ];
        var process = new Process
        {
            StartInfo = new(Environment.ProcessPath!, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            },
        };
        process.Start();
        var edge = new KilledEdge(process);
        Assert.Equal(EntryPoint.Up, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return edge;
    }

    /// <summary>SIGKILL to the edge alone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
        process.Dispose();
    }
}
