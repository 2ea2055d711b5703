using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Documents;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta.Tests;

/// <summary>Where nothing is set, the settings say what the options would say of themselves: a default has one place.</summary>
public sealed class OptionDefaultsTests
{
    static readonly SettingValues Unset = new([]);

    [Fact]
    public void Of_documents() => Assert.Equal(new DocumentOptions { IsKeyPerLine = true }, DocumentSettings.Of(Unset));

    [Fact]
    public void Of_guests_limits() => Assert.Equal(new GuestLimitOptions(), GuestLimitSettings.Of(Unset));

    [Fact]
    public void Of_networks()
    {
        var options = new EdgeOptions();
        Assert.Equal(options.PacketFilter, Unset.Get(KnownSettings.EdgePacketFilter));
        Assert.Equal(options.PortSecurity, Unset.Get(KnownSettings.EdgePortSecurity));
        Assert.Equal(options.PortSecurity, new EdgeServerOptions().HasAntiSpoofing);
        Assert.Equal(options.LinkLocalAddresses, Unset.Get(KnownSettings.EdgeLinkLocalAddresses));
        Assert.Equal(new OpenerOptions().TakeOver, Unset.Get(KnownSettings.EdgeTakeOver));
    }

    [Fact]
    public void Of_the_api()
    {
        Assert.Equal(new ApiServerOptions().Addresses, Unset.Get(KnownSettings.ApiListen));
        Assert.Equal(new AnswerCacheOptions().Expiration, Unset.Get(KnownSettings.ApiCacheSeconds));
        Assert.Equal(new AnswerCacheOptions().MaxBytes, Unset.Get(KnownSettings.ApiCacheBytes));
    }

    [Fact]
    public void Of_the_inventory() =>
        Assert.Equal(new PostgresInventoryOptions().MaximumConnections, Unset.Get(KnownSettings.InventoryConnections));
}
