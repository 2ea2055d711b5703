using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;
using Stackmeta.Edge;

namespace Stackmeta.Tests;

/// <summary>An answer goes out only if all that the store says of the port is what packets obey.</summary>
public sealed class AppliedPortsOfTests : IDisposable
{
    const string Network = "11111111-1111-1111-1111-111111111111";
    const string PortId = "22222222-2222-2222-2222-222222222222";
    const string Device = "33333333-3333-3333-3333-333333333333";
    const string Mac = "fa:16:3e:00:00:01";

    static readonly NetworkScope Scope = new(NetworkScopeKind.Network, Network);

    readonly string _run = Directory.CreateTempSubdirectory("stackmeta-applied-").FullName;
    readonly AppliedPortsOf _applied;

    public AppliedPortsOfTests()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_run, "networks", Network)).FullName;
        File.WriteAllText(
            Path.Combine(folder, "applied.json"),
            $$$"""{ "ports": { "{{{PortId}}}": { "device":"{{{Device}}}","mac":"{{{Mac}}}","addresses":["10.0.0.5","2001:db8::5"] } } }"""
        );
        _applied = new(new AppliedFiles(_run, TimeProvider.System, NullLogger<AppliedFiles>.Instance));
    }

    public void Dispose() => Directory.Delete(_run, recursive: true);

    [Theory]
    [InlineData(PortId, Device, Mac, "10.0.0.5", "Agrees")]
    [InlineData(PortId, Device, Mac, "2001:db8::5", "Agrees")]
    [InlineData(PortId, Device, Mac, Mac, "Agrees")]
    [InlineData(PortId, Device, Mac, "10.0.0.6", "Differs")]
    [InlineData(PortId, Device, Mac, "10.0.0.50", "Differs")]
    [InlineData(PortId, "44444444-4444-4444-4444-444444444444", Mac, "10.0.0.5", "Differs")]
    [InlineData(PortId, Device, "fa:16:3e:00:00:02", "10.0.0.5", "Differs")]
    [InlineData(PortId, Device, "fa:16:3e:00:00:02", "fa:16:3e:00:00:02", "Differs")]
    [InlineData("55555555-5555-5555-5555-555555555555", Device, Mac, "10.0.0.5", "Differs")]
    public void S2_each_part_of_a_port_is_compared(
        string id,
        string device,
        string mac,
        string address,
        string expected
    )
    {
        Assert.True(EthernetAddress.TryParse(mac, out var ethernet));
        var port = new Port(id, Network, device, "p") { MacAddresses = [ethernet] };
        var guest = address.StartsWith("fa:", StringComparison.Ordinal)
            ? GuestAddress.FromMacAddress(address)
            : Of(address);
        Assert.Equal(expected, _applied.Check(Scope, port, guest).ToString());
    }

    [Fact]
    public void A_network_of_another_host_is_not_ours_to_judge()
    {
        var port = new Port(PortId, Device, Device, "p");
        Assert.Equal(AppliedPortState.NotProvidedHere, _applied.Check(Scope, port, Of("10.0.0.5")));
    }

    static GuestAddress Of(string address)
    {
        Assert.True(GuestAddress.TryFrom(System.Net.IPAddress.Parse(address), out var guest));
        return guest;
    }
}
