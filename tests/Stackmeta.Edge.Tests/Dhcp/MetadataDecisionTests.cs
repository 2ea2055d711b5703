using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>Whether a DHCP namespace answers metadata requests (spec/neutron-metadata.md §1.4; §8 cases 106 to 111).</summary>
public sealed class MetadataDecisionTests
{
    [Theory]
    [InlineData(true, false, false, true)]
    [InlineData(true, false, true, false)]
    [InlineData(false, false, false, false)]
    [InlineData(false, true, true, true)]
    public void It_follows_the_flags_and_the_router(bool isolatedFlag, bool forceFlag, bool router, bool served)
    {
        var subnet = Networks.Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.2") with { GatewayIsRouter = router };
        var options = new EdgeOptions { EnableIsolatedMetadata = isolatedFlag, ForceMetadata = forceFlag };
        Assert.Equal(served, MetadataDecision.IsServed(Networks.Of([subnet]), options));
        Assert.False(MetadataDecision.IsServed(Networks.Of([subnet with { DhcpEnabled = false }]), options));
        Assert.False(
            MetadataDecision.IsServed(Networks.Of([subnet with { OvnMetadataAddress = IPAddress.Loopback }]), options)
        );
    }
}
