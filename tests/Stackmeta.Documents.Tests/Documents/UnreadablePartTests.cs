using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>A part that a source could not read refuses the documents that show it and no other.</summary>
public sealed class UnreadablePartTests
{
    static readonly string[] Targets =
    [
        "/latest",
        "/latest/user-data",
        "/latest/meta-data",
        "/latest/meta-data/hostname",
        "/latest/meta-data/instance-id",
        "/latest/meta-data/ami-id",
        "/latest/meta-data/instance-type",
        "/latest/meta-data/local-ipv4",
        "/latest/meta-data/public-ipv4",
        "/latest/meta-data/public-keys/0/openssh-key",
        "/latest/meta-data/block-device-mapping",
        "/openstack/latest",
        "/openstack/2012-08-10/meta_data.json",
        "/openstack/2016-06-30/meta_data.json",
        "/openstack/latest/meta_data.json",
        "/openstack/latest/user_data",
        "/openstack/latest/network_data.json",
        "/openstack/latest/password",
    ];

    [Theory]
    [InlineData(InstanceParts.None, "")]
    [InlineData(InstanceParts.UserData, "/latest/user-data /openstack/latest/user_data")]
    [InlineData(
        InstanceParts.NetworkInterfaces,
        "/latest/meta-data/local-ipv4 /latest/meta-data/public-ipv4 /openstack/latest/network_data.json"
    )]
    [InlineData(InstanceParts.Password, "/openstack/latest/password")]
    [InlineData(InstanceParts.Flavor, "/latest/meta-data/instance-type")]
    [InlineData(
        InstanceParts.KeyPair,
        "/openstack/2012-08-10/meta_data.json /openstack/2016-06-30/meta_data.json /openstack/latest/meta_data.json"
    )]
    [InlineData(InstanceParts.Devices, "/openstack/2016-06-30/meta_data.json /openstack/latest/meta_data.json")]
    [InlineData(InstanceParts.DedicatedCpus, "/openstack/latest/meta_data.json")]
    [InlineData(InstanceParts.Ec2Ids, "/latest/meta-data/instance-id /latest/meta-data/ami-id")]
    public void Only_documents_that_show_it_are_refused(InstanceParts part, string refused)
    {
        var guest = new Guest(Without(part));
        Assert.Equal(
            refused.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Targets.Where(target => guest.Ask(target).Refusal == Refusal.PartUnreadable)
        );
        Assert.All(Targets, target => Assert.True(guest.Ask(target).Refusal is Refusal.None or Refusal.PartUnreadable));
    }

    [Fact]
    public void A_missing_hostname_refuses_what_shows_it()
    {
        var guest = new Guest(Fixtures.B with { Hostname = null });
        Assert.Equal(
            [
                "/latest/meta-data/hostname",
                "/openstack/2012-08-10/meta_data.json",
                "/openstack/2016-06-30/meta_data.json",
                "/openstack/latest/meta_data.json",
            ],
            Targets.Where(target => guest.Ask(target).Refusal == Refusal.PartUnreadable)
        );
    }

    [Fact]
    public void An_unreadable_key_pair_does_not_matter_to_who_has_no_key()
    {
        var guest = new Guest(Fixtures.B with { KeyName = null, KeyPair = null, Unreadable = InstanceParts.KeyPair });
        Assert.Equal(Refusal.None, guest.Ask("/openstack/latest/meta_data.json").Refusal);
    }

    [Fact]
    public void EC2_ids_that_cannot_be_had_keep_their_keys()
    {
        var guest = new Guest(Without(InstanceParts.Ec2Ids) with { KernelId = "k" });
        Assert.Contains("kernel-id", guest.List("/latest/meta-data"));
        Assert.DoesNotContain("ramdisk-id", guest.List("/latest/meta-data"));
        Assert.Equal(Refusal.PartUnreadable, guest.Ask("/latest/meta-data/kernel-id").Refusal);
        Assert.Equal(Refusal.PathNotFound, guest.Ask("/latest/meta-data/ramdisk-id").Refusal);
    }

    static Instance Without(InstanceParts part)
    {
        var instance = Fixtures.B with { Unreadable = part };
        return part switch
        {
            InstanceParts.UserData => instance with { UserData = null },
            InstanceParts.NetworkInterfaces => instance with { NetworkInterfaces = [] },
            InstanceParts.Flavor => instance with { FlavorName = null },
            InstanceParts.KeyPair => instance with { KeyPair = null },
            InstanceParts.Ec2Ids => instance with { Ec2Ids = default },
            _ => instance,
        };
    }
}
