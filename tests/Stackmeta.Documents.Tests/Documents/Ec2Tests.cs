using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>The EC2 tree: spec/nova-metadata-cases.md, G1 to G29.</summary>
public sealed class Ec2Tests
{
    static readonly Guest A = new(Fixtures.A);
    static readonly Guest B = new(Fixtures.B);

    [Theory]
    [InlineData("1.0")]
    [InlineData("2007-12-15")]
    [InlineData("2009-04-04")]
    [InlineData("latest")]
    public void G1_Everything_that_is_listed_is_there(string version)
    {
        Follow($"/{version}/");

        static void Follow(string directory)
        {
            foreach (var item in A.List(directory))
            {
                // public-keys are listed as number=name.
                var path = directory + item.Split('=')[0];
                Assert.Equal(Refusal.None, A.Ask(path).Refusal);
                if (item.EndsWith('/') || item.Contains('='))
                {
                    Follow(path.TrimEnd('/') + "/");
                }
            }
        }
    }

    [Fact]
    public void G2_The_public_key_is_numbered_and_named()
    {
        Assert.Equal("0=key", A.Get("/2009-04-04/meta-data/public-keys"));
        Assert.Equal("openssh-key", A.Get("/2009-04-04/meta-data/public-keys/0"));
        Assert.Equal(Fixtures.A.KeyData, A.Get("/2009-04-04/meta-data/public-keys/0/openssh-key"));
    }

    [Fact]
    public void G3_G4_G6_Kernel_and_ramdisk_are_told_since_2007_12_15()
    {
        var guest = new Guest(Fixtures.A with { Ec2Ids = new(1, 1, 0x2a, 0x123456789) });
        Assert.Equal("aki-0000002a", guest.Get("/2009-04-04/meta-data/kernel-id"));
        Assert.Equal("aki-0000002a", guest.Get("/ec2/2009-04-04/meta-data/kernel-id"));
        Assert.Equal("ari-123456789", guest.Get("/latest/meta-data/ramdisk-id"));
        Assert.Equal(Refusal.PathNotFound, guest.Ask("/2007-10-10/meta-data/kernel-id").Refusal);
        Assert.Contains("kernel-id", guest.List("/2007-12-15/meta-data"));
    }

    [Fact]
    public void G5_G21_Without_a_kernel_there_is_no_key()
    {
        Assert.Equal(Refusal.PathNotFound, B.Ask("/latest/meta-data/kernel-id").Refusal);
        Assert.DoesNotContain("ramdisk-id", B.List("/latest/meta-data"));
    }

    [Fact]
    public void G7_G8_G9_Security_groups_are_listed_as_they_come()
    {
        const string Path = "/latest/meta-data/security-groups";
        Assert.Equal("default\nweb", B.Get(Path));
        Assert.Equal("default\nweb\ndefault", Groups(["default", "web", "default"]));
        Assert.Equal("", Groups([]));

        static string Groups(string[] names) => new Guest(Fixtures.B with { SecurityGroups = [.. names] }).Get(Path);
    }

    [Fact]
    public void Security_groups_of_another_source_are_asked_for_and_missed_only_where_they_are_shown()
    {
        const string Path = "/latest/meta-data/security-groups";
        var guest = new Guest(Fixtures.B with { SecurityGroups = default });
        Assert.Equal("a\nb", (guest with { Context = new() { SecurityGroups = ["a", "b"] } }).Get(Path));
        Assert.Equal(Refusal.SecurityGroupsUnavailable, guest.Ask(Path).Refusal);
        Assert.Contains("security-groups", guest.List("/latest/meta-data"));
        Assert.Equal(Refusal.None, guest.Ask("/latest/user-data").Refusal);
    }

    [Fact]
    public void G14_G15_The_callers_address_stands_in_for_a_missing_one()
    {
        const string Path = "/latest/meta-data/local-ipv4";
        var context = new RenderContext { ClientAddress = "fake" };
        Assert.Equal("10.1.2.3", (B with { Context = context }).Get(Path));
        Assert.Equal("fake", (A with { Context = context }).Get(Path));
        Assert.Equal("None", A.Get(Path));

        var v6Only = Fixtures.Interface(Fixtures.Subnet(6, "fd00::/64", "fd00::5"));
        var later = Fixtures.Interface(
            Fixtures.Subnet(4, "10.0.0.0/24"),
            Fixtures.Subnet(4, "10.1.0.0/24", "10.1.0.9")
        );
        var guest = new Guest(Fixtures.B with { NetworkInterfaces = [v6Only, later] }) { Context = context };
        Assert.Equal("10.1.0.9", guest.Get(Path));
    }

    [Theory]
    [InlineData("1.0", 117)]
    [InlineData("2007-01-19", 160)]
    [InlineData("2007-03-01", 160)]
    [InlineData("2007-08-29", 174)]
    [InlineData("2007-10-10", 174)]
    [InlineData("2007-12-15", 196)]
    [InlineData("2008-02-01", 207)]
    [InlineData("2008-09-01", 223)]
    [InlineData("2009-04-04", 223)]
    [InlineData("latest", 223)]
    public void G16_G17_G18_Each_version_lists_its_keys(string version, int length)
    {
        var listing = B.Get($"/{version}/meta-data");
        Assert.Equal(length, listing.Length);
        Assert.Equal(listing.Split('\n').Order(StringComparer.Ordinal), listing.Split('\n'));
    }

    [Fact]
    public void G17_The_first_version_lists_nine_keys() =>
        Assert.Equal(
            "ami-id\nami-launch-index\nami-manifest-path\nhostname\ninstance-id\nlocal-ipv4\npublic-keys/\nreservation-id\nsecurity-groups",
            B.Get("/1.0/meta-data")
        );

    [Theory]
    [InlineData("instance-id", "i-00000001")]
    [InlineData("ami-id", "ami-00000001")]
    [InlineData("ami-launch-index", "0")]
    [InlineData("ami-manifest-path", "FIXME")]
    [InlineData("instance-action", "none")]
    [InlineData("instance-type", "m1.tiny")]
    [InlineData("hostname", "web-1.novalocal")]
    [InlineData("local-hostname", "web-1.novalocal")]
    [InlineData("public-hostname", "web-1.novalocal")]
    [InlineData("public-ipv4", "203.0.113.7")]
    [InlineData("reservation-id", "r-1")]
    [InlineData("placement", "availability-zone")]
    [InlineData("placement/availability-zone", "nova")]
    [InlineData("public-keys/0/_name", "0=mykey")]
    public void G19_G24_G29_A_key_has_its_value(string path, string value)
    {
        var answer = B.Ask("/latest/meta-data/" + path);
        Assert.Equal(value, answer.Text);
        Assert.Equal("text/plain; charset=UTF-8", answer.ContentType);
    }

    [Theory]
    [InlineData("ami-id")]
    [InlineData("ami-launch-index")]
    [InlineData("reservation-id")]
    [InlineData("placement/availability-zone")]
    [InlineData("public-keys/0/openssh-key")]
    public void G20_G22_G23_What_is_not_stored_is_Pythons_None(string path)
    {
        var bare = new Instance
        {
            Uuid = "u",
            Hostname = "h",
            KeyName = "k",
            Ec2Ids = new(1, null, null, null),
        };
        Assert.Equal("None", new Guest(bare).Get("/latest/meta-data/" + path));
        Assert.Contains("ami-id", new Guest(bare).List("/latest/meta-data"));
    }

    [Theory]
    [InlineData("/latest/meta-data/public-keys/0=mykey")]
    [InlineData("/latest/meta-data/public-keys/1")]
    [InlineData("/latest/meta-data/security-groups/nope")]
    [InlineData("/latest/meta-data/ami-id/foo/bar")]
    [InlineData("/latest/meta-data/security-groups/nope/x")]
    [InlineData("/latest/meta-data/kernel-id/x")]
    [InlineData("/latest/user-data/x/y")]
    [InlineData("/latest/meta-data/placement/nope")]
    [InlineData("/latest/meta-data/block-device-mapping/nope")]
    [InlineData("/latest/meta-datax")]
    [InlineData("/latest/meta-data/")]
    public void G24_G26_What_is_no_key_is_not_found(string target) =>
        Assert.Equal(target.EndsWith('/') ? Refusal.None : Refusal.PathNotFound, B.Ask(target).Refusal);

    [Theory]
    [InlineData("/latest/meta-data/ami-id/foo")]
    [InlineData("/latest/meta-data/ami-launch-index/x")]
    [InlineData("/latest/meta-data/public-ipv4/x")]
    [InlineData("/latest/meta-data/block-device-mapping/ami/x")]
    [InlineData("/latest/meta-data/public-keys/0/openssh-key/x")]
    [InlineData("/latest/meta-data/security-groups/default")]
    [InlineData("/latest/meta-data/security-groups/default/x")]
    [InlineData("/latest/user-data/x")]
    public void G25_Below_a_leaf_nothing_is_found_where_Nova_crashes(string target) =>
        Assert.Equal(Refusal.PathBelowLeaf, B.Ask(target).Refusal);

    [Fact]
    public void G27_Without_a_floating_address_public_ipv4_is_empty()
    {
        Assert.Equal("", A.Get("/latest/meta-data/public-ipv4"));
        Assert.Contains("public-ipv4", A.List("/latest/meta-data"));
    }

    [Fact]
    public void G28_A_missing_flavor_refuses_its_key_alone_where_Nova_crashes()
    {
        var guest = new Guest(Fixtures.B with { FlavorName = null });
        Assert.Equal(Refusal.PartUnreadable, guest.Ask("/latest/meta-data/instance-type").Refusal);
        Assert.Equal(Refusal.PathNotFound, guest.Ask("/1.0/meta-data/instance-type").Refusal);
        Assert.Equal("web-1.novalocal", guest.Get("/latest/meta-data/hostname"));
        Assert.Equal(B.Get("/latest/meta-data"), guest.Get("/latest/meta-data"));
    }

    [Fact]
    public void Text_leaves_are_UTF8()
    {
        var guest = new Guest(Fixtures.B with { AvailabilityZone = "zône ☃ 😀" });
        Assert.Equal(
            Encoding.UTF8.GetBytes("zône ☃ 😀"),
            guest.Ask("/latest/meta-data/placement/availability-zone").Bytes
        );
    }
}
