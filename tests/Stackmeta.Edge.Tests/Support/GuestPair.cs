namespace Stackmeta.Edge.Tests;

/// <summary>Two attached guests of a network, played frame by frame.</summary>
sealed class GuestPair(EdgeNetwork network, Cable first, Cable second) : IAsyncDisposable
{
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
            if (HostLink.Exists(cable.Device))
            {
                await PortAttachment.AttachAsync(network.Id, host.PortId, cable.Device, readNetwork, Cancellation);
                await cable.ForwardsAsync();
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
