using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge.Tests;

/// <summary>Namespaces that somebody else makes and deletes.</summary>
public sealed class NamespaceWatchTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("qdhcp-", EdgeScopeKind.Network)]
    [InlineData("ovnmeta-", EdgeScopeKind.OvnNetwork)]
    [InlineData("qrouter-", EdgeScopeKind.Router)]
    public void Names_are_recognized(string prefix, EdgeScopeKind kind)
    {
        var id = Guid.NewGuid();
        Assert.Equal(new EdgeScope(kind, id), NamespaceWatch.Recognize($"{prefix}{id}")?.Scope);
    }

    [Theory]
    [InlineData("snat-5d6f0000-0000-0000-0000-000000000000")]
    [InlineData("qdhcp-mine")]
    [InlineData("qdhcp-5d6f0000000000000000000000000000")]
    [InlineData("qdhcp")]
    [InlineData("-")]
    [InlineData("")]
    public void Other_names_are_not(string name) => Assert.Null(NamespaceWatch.Recognize(name));

    [Fact]
    public async Task Namespaces_are_listened_in_from_their_making_to_their_end()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var listeners = rig.Server!.Listeners;
        Guid[] ids = [.. Enumerable.Range(0, 20).Select(_ => Guid.NewGuid())];
        string[] names =
        [
            .. ids.Select(
                (id, index) =>
                    (index % 3) switch
                    {
                        0 => "qdhcp-",
                        1 => "qrouter-",
                        _ => "ovnmeta-",
                    } + id
            ),
        ];
        using var stop = new CancellationTokenSource();
        // Only ours: beside this test others make namespaces too.
        var watch = new NamespaceWatch(
            listeners,
            scope => ids.Contains(scope.Id),
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLogger<NamespaceWatch>.Instance
        );
        try
        {
            foreach (var name in names[..10])
            {
                await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
            }
            var running = watch.RunAsync(stop.Token);
            foreach (var name in names[10..])
            {
                await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
            }
            await EdgeRig.EventuallyAsync(() => listeners.Namespaces.Count == names.Length, "all are listened in");
            foreach (var name in names)
            {
                await Command.Ip(null, "netns", "delete", name).RunAsync(Cancellation);
            }
            await EdgeRig.EventuallyAsync(() => listeners.Namespaces.Count == 0, "none is listened in");
            await stop.CancelAsync();
            await running;
        }
        finally
        {
            foreach (var name in names.Where(name => File.Exists(NetworkNamespace.PathOf(name))))
            {
                await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>The clock stands still, so that whoever waited for the one would wait for ever.</summary>
    [Fact]
    public async Task A_name_that_no_namespace_is_mounted_on_keeps_no_other_waiting()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var listeners = rig.Server!.Listeners;
        var (broken, whole) = (Guid.NewGuid(), Guid.NewGuid());
        using var stop = new CancellationTokenSource();
        var watch = new NamespaceWatch(
            listeners,
            scope => scope.Id == broken || scope.Id == whole,
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            new FakeTimeProvider(),
            NullLogger<NamespaceWatch>.Instance
        );
        try
        {
            var running = watch.RunAsync(stop.Token);
            await File.WriteAllTextAsync(NetworkNamespace.PathOf($"qdhcp-{broken}"), "", Cancellation);
            await Command.Ip(null, "netns", "add", $"qdhcp-{whole}").RunAsync(Cancellation);
            // It, too, may be looked at before it is mounted, and then waits for the clock.
            watch.LookAgain();
            await EdgeRig.EventuallyAsync(
                () => listeners.Namespaces.SequenceEqual([$"qdhcp-{whole}"]),
                "the other is listened in"
            );
            await stop.CancelAsync();
            await running;
        }
        finally
        {
            File.Delete(NetworkNamespace.PathOf($"qdhcp-{broken}"));
            await Command.Ip(null, "netns", "delete", $"qdhcp-{whole}").RunAsync(CancellationToken.None);
        }
    }
}
