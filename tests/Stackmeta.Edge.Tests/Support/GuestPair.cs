namespace Stackmeta.Edge.Tests;

/// <summary>Two attached guests of a network, played frame by frame.</summary>
sealed class GuestPair(EdgeNetwork network, Cable first, Cable second) : IAsyncDisposable
{
    /// <summary>BR_STATE_FORWARDING of linux/if_bridge.h.</summary>
    const string Forwarding = "3\n";

    public EdgeNetwork Network => network;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<GuestPair> CreateAsync(EdgeRig rig, EdgeNetwork network)
    {
        await rig.ApplyAsync(network);
        var pair = new GuestPair(network, await Cable.CreateAsync(), await Cable.CreateAsync());
        await pair.AttachAsync(_ => Task.FromResult(network));
        return pair;
    }

    public async Task AttachAsync(Func<CancellationToken, Task<EdgeNetwork>>? readNetwork)
    {
        foreach (var (host, cable) in network.Hosts.Zip([first, second]))
        {
            if (LinkState.Exists(cable.Device))
            {
                await PortAttachment.AttachAsync(network.Id, host.PortId, cable.Device, readNetwork, Cancellation);
                // The kernel looks for a carrier in its own time; what is sent before goes nowhere.
                await EdgeRig.EventuallyAsync(
                    () => File.ReadAllText($"/sys/class/net/{cable.Device}/brport/state") == Forwarding,
                    $"{cable.Device} forwards"
                );
            }
        }
    }

    public Task DetachAsync() =>
        PortAttachment.DetachAsync(network.Id, first.Device, _ => Task.FromResult(network), Cancellation);

    public Task<IReadOnlyList<string>> PassAsync(params (string, byte[])[] frames) => first.PassAsync(second, frames);

    public Task SendAsync(params (string, byte[])[] frames) => first.SendAsync(frames);

    public ValueTask DisposeOfSecondAsync() => second.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }
}
