using System.Diagnostics;
using Stackmeta.OpenStack.Tests;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>The stock haproxy with the configuration that Neutron's agents write (spec/neutron-metadata.md §1.2).</summary>
sealed class StockProxy : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-proxy-").FullName;
    Process? _haproxy;

    StockProxy() { }

    /// <summary>Why it cannot run; null when it can.</summary>
    public static string? Missing =>
        GuestCable.Missing ?? (TestProcess.Find("haproxy") is null ? "haproxy is not installed." : null);

    /// <summary>Starts it in the namespace of a cable.</summary>
    public static async Task<StockProxy> StartAsync(GuestCable cable, ProxyKind kind, string agentSocket)
    {
        var proxy = new StockProxy();
        try
        {
            var port = kind.Server.Port;
            var file = Path.Combine(proxy._folder, "haproxy.conf");
            await File.WriteAllTextAsync(
                file,
                NeutronHaproxyFile.Render(
                    [
                        $"bind {(port == 80 ? "169.254.169.254" : "0.0.0.0")}:{port}",
                        $"bind fe80::a9fe:a9fe:{port} interface {GuestCable.Device}",
                    ],
                    agentSocket,
                    [
                        $"http-request del-header {kind.DeletedHeader}",
                        $"http-request set-header {kind.Header} {kind.Id}",
                    ]
                )
            );
            proxy._haproxy = TestProcess.Start(
                "ip",
                ["netns", "exec", cable.Namespace, "haproxy", "-db", "-q", "-f", file]
            );
            await TestProcess.UntilAsync(
                async () =>
                    (await TestProcess.RunAsync("ip", ["netns", "exec", cable.Namespace, "ss", "-Hltn"])).Contains(
                        $":{port} "
                    ),
                "haproxy"
            );
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_haproxy is not null)
        {
            _haproxy.Kill(entireProcessTree: true);
            await _haproxy.WaitForExitAsync();
            _haproxy.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
