namespace Stackmeta.Edge.Tests;

/// <summary>What dhclient tells its script.</summary>
public sealed class GuestLeaseTests
{
    [Theory]
    [InlineData("32 169 254 169 254 10 0 0 66 0 10 0 0 65", "169.254.169.254/32 10.0.0.66, 0.0.0.0/0 10.0.0.65")]
    [InlineData("24 192 168 1 0 0 0 0", "192.168.1.0/24 0.0.0.0")]
    [InlineData("9 10 128 192 0 2 1", "10.128.0.0/9 192.0.2.1")]
    [InlineData("32 169 254", "")]
    public void Option_121_is_read_as_RFC_3442_says_and_stands_for_option_3(string octets, string expected)
    {
        var lease = GuestLease.FromVariables([
            "new_ip_address=10.0.0.70",
            "new_subnet_mask=255.255.255.192",
            "new_routers=10.0.0.1",
            $"new_rfc3442_classless_static_routes={octets}",
        ]);
        Assert.Equal(expected, string.Join(", ", lease.Routes.Select(route => $"{route.Destination} {route.NextHop}")));
        Assert.Equal(26, lease.PrefixLength);
    }

    [Fact]
    public void Without_option_121_option_3_is_the_default_route()
    {
        var lease = GuestLease.FromVariables([
            "new_ip_address=10.0.0.70",
            "new_subnet_mask=255.0.0.0",
            "new_routers=10.0.0.1 10.0.0.2",
        ]);
        Assert.Equal(
            "0.0.0.0/0 10.0.0.1",
            string.Join(", ", lease.Routes.Select(route => $"{route.Destination} {route.NextHop}"))
        );
    }

    [Fact]
    public void Without_an_address_there_is_no_lease() =>
        Assert.Throws<EdgeException>(() => GuestLease.FromVariables(["reason=FAIL"]));
}
