namespace Stackmeta.EndToEnd.Tests;

/// <summary><c>stackmeta up</c> as it comes.</summary>
public class OneProcessWorld : InventoryWorld
{
    RunningProgram? _program;

    private protected virtual string[] More => [];

    private protected override async Task StartAsync() =>
        _program = await RunningProgram.StartAsync(Folder, ApiPort, More);

    private protected override async Task StopAsync() => await (_program?.DisposeAsync() ?? default);

    internal override string Said => _program!.Said;

    internal override Dictionary<string, string?> Variables =>
        new(base.Variables)
        {
            ["PROGRAM"] = $"{_program!.ProcessId}",
            ["SOCKET"] = Path.Combine(Folder, "metadata_proxy"),
        };
}

/// <summary>The same with a haproxy in each network.</summary>
public sealed class HaproxyWorld : OneProcessWorld
{
    private protected override string[] More => ["--set", "edge.proxy=haproxy"];

    // Found when a script runs: it is another one after each fault that ends it.
    internal override string Functions =>
        "HAPROXY=$(ip netns exec $NS ss -Hltnp 'sport = :80' | sed -n 's/.*\"haproxy\",pid=\\([0-9]*\\).*/\\1/p')";
}

/// <summary>The same, and a router is the network's gateway.</summary>
public sealed class RouterWorld : OneProcessWorld
{
    private protected override bool IsRouted => true;
}
