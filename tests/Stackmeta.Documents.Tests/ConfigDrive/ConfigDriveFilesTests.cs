using System.Text;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>The files of a config drive: spec/nova-metadata-cases.md, C8, C9, Q1 to Q3 and Q10 to Q13.</summary>
public sealed class ConfigDriveFilesTests
{
    static readonly RenderContext Context = new()
    {
        ClientAddress = "10.0.0.99",
        StaticVendorData = Encoding.UTF8.GetBytes("{}"),
        VendorData2 = [new("static", Encoding.UTF8.GetBytes("{}"))],
    };

    static readonly PersonalityFile[] TwoFiles =
    [
        new("/etc/motd", Encoding.UTF8.GetBytes("hello")),
        new("/root/é", new byte[] { 0, 255 }),
    ];

    [Fact]
    public void Q1_Files_stand_in_Novas_order() =>
        Assert.Equal(
            """
            ec2/2009-04-04/user-data
            ec2/2009-04-04/meta-data.json
            ec2/latest/user-data
            ec2/latest/meta-data.json
            openstack/2012-08-10/meta_data.json
            openstack/2012-08-10/user_data
            openstack/2013-04-04/meta_data.json
            openstack/2013-04-04/user_data
            openstack/2013-10-17/meta_data.json
            openstack/2013-10-17/user_data
            openstack/2013-10-17/vendor_data.json
            openstack/2015-10-15/meta_data.json
            openstack/2015-10-15/user_data
            openstack/2015-10-15/vendor_data.json
            openstack/2015-10-15/network_data.json
            openstack/2016-06-30/meta_data.json
            openstack/2016-06-30/user_data
            openstack/2016-06-30/vendor_data.json
            openstack/2016-06-30/network_data.json
            openstack/2016-10-06/meta_data.json
            openstack/2016-10-06/user_data
            openstack/2016-10-06/vendor_data.json
            openstack/2016-10-06/network_data.json
            openstack/2016-10-06/vendor_data2.json
            openstack/2017-02-22/meta_data.json
            openstack/2017-02-22/user_data
            openstack/2017-02-22/vendor_data.json
            openstack/2017-02-22/network_data.json
            openstack/2017-02-22/vendor_data2.json
            openstack/2018-08-27/meta_data.json
            openstack/2018-08-27/user_data
            openstack/2018-08-27/vendor_data.json
            openstack/2018-08-27/network_data.json
            openstack/2018-08-27/vendor_data2.json
            openstack/2020-10-14/meta_data.json
            openstack/2020-10-14/user_data
            openstack/2020-10-14/vendor_data.json
            openstack/2020-10-14/network_data.json
            openstack/2020-10-14/vendor_data2.json
            openstack/latest/meta_data.json
            openstack/latest/user_data
            openstack/latest/vendor_data.json
            openstack/latest/network_data.json
            openstack/latest/vendor_data2.json
            """.Split('\n'),
            Files(Fixtures.A, compatibility: Compatibility.Zed).Keys
        );

    [Fact]
    public void Q1_The_newest_release_has_one_directory_more_and_no_clock_hides_it() =>
        Assert.Contains("openstack/2025-04-04/vendor_data2.json", Files(Fixtures.A).Keys);

    [Fact]
    public void Q3_Documents_are_those_of_HTTP_but_for_their_seed()
    {
        var files = Files(Fixtures.B);
        var guest = new Guest(Fixtures.B) { Context = Context };
        foreach (var (path, text) in files.Where(file => file.Key.StartsWith("openstack/", StringComparison.Ordinal)))
        {
            Assert.Equal(WithoutSeed(guest.Get("/" + path)), WithoutSeed(text));
        }

        static string WithoutSeed(string json)
        {
            var seed = json.IndexOf("\"random_seed\": \"", StringComparison.Ordinal);
            return seed < 0 ? json : json[..seed] + json[(seed + "\"random_seed\": \"".Length + 684)..];
        }
    }

    [Fact]
    public void Each_directory_has_a_seed_of_its_own()
    {
        var documents = Files(Fixtures.A).Where(file => file.Key.EndsWith("/meta_data.json", StringComparison.Ordinal));
        var seeds = documents
            .Select(file => file.Value.Split("\"random_seed\": \""))
            .Where(parts => parts.Length == 2)
            .Select(parts => parts[1][..684])
            .ToList();
        Assert.Equal(10, seeds.Count);
        Assert.Equal(10, seeds.Distinct().Count());
    }

    [Fact]
    public void Q11_The_EC2_file_is_one_object_in_its_own_order()
    {
        const string Expected =
            "{\"ami-id\": \"ami-00000001\", \"ami-launch-index\": 0, \"ami-manifest-path\": \"FIXME\", \"instance-id\": \"i-00000001\", "
            + "\"hostname\": \"web-1.novalocal\", \"local-ipv4\": \"10.1.2.3\", \"reservation-id\": \"r-1\", "
            + "\"security-groups\": [\"default\", \"web\"], "
            + "\"public-keys\": {\"0\": {\"_name\": \"0=mykey\", \"openssh-key\": \"ssh-ed25519 AAAAC3Nz test@host\"}}, "
            + "\"local-hostname\": \"web-1.novalocal\", \"public-hostname\": \"web-1.novalocal\", \"public-ipv4\": \"203.0.113.7\", "
            + "\"instance-type\": \"m1.tiny\", \"block-device-mapping\": {\"ami\": \"vda\", \"root\": \"/dev/vda\"}, "
            + "\"placement\": {\"availability-zone\": \"nova\"}, \"instance-action\": \"none\"}";
        var files = Files(Fixtures.B);
        Assert.Equal(Expected, files["ec2/2009-04-04/meta-data.json"]);
        Assert.Equal(Expected, files["ec2/latest/meta-data.json"]);
        Assert.DoesNotContain(files.Keys, path => path.Contains("password", StringComparison.Ordinal));
    }

    [Fact]
    public void Q11_What_is_not_stored_is_null_and_the_callers_address_is_nobodys()
    {
        var bare = new Instance
        {
            Uuid = "u",
            Hostname = "h",
            FlavorName = "f",
            RootDeviceName = "/dev/vda",
            DefaultSwapDevice = "/dev/vdb",
            BlockDevices =
            [
                new("volume", "volume", null, null),
                new("blank", "local", null, "/dev/vdc"),
                new("blank", "local", "swap", "/dev/vdd"),
            ],
            Ec2Ids = new(1, null, 2, 3),
            SecurityGroups = [],
        };
        Assert.Equal(
            "{\"ami-id\": null, \"ami-launch-index\": null, \"ami-manifest-path\": \"FIXME\", \"instance-id\": \"i-00000001\", "
                + "\"hostname\": \"h.novalocal\", \"local-ipv4\": null, \"reservation-id\": null, \"security-groups\": [], "
                + "\"local-hostname\": \"h.novalocal\", \"public-hostname\": \"h.novalocal\", \"public-ipv4\": \"\", "
                + "\"instance-type\": \"f\", \"block-device-mapping\": {\"ami\": \"vda\", \"root\": \"/dev/vda\", \"swap\": \"/dev/vdd\", "
                + "\"ebs0\": null, \"ephemeral0\": \"/dev/vdc\"}, \"kernel-id\": \"aki-00000002\", \"ramdisk-id\": \"ari-00000003\", "
                + "\"placement\": {\"availability-zone\": null}, \"instance-action\": \"none\"}",
            Files(bare)["ec2/latest/meta-data.json"]
        );
    }

    [Fact]
    public void Q12_Only_EC2_versions_can_be_skipped()
    {
        var paths = Files(Fixtures.A, new() { SkippedVersions = ["1.0", "latest", "2009-04-04", "2018-08-27"] }).Keys;
        Assert.Equal(
            ["2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01"],
            paths
                .Where(path => path.StartsWith("ec2/", StringComparison.Ordinal))
                .Select(path => path.Split('/')[1])
                .Distinct()
        );
        Assert.Contains("openstack/2018-08-27/meta_data.json", paths);
        Assert.Contains("openstack/latest/meta_data.json", paths);
    }

    [Fact]
    public void C9_Q10_The_password_and_files_are_told_in_every_version()
    {
        var files = Files(Fixtures.B, new() { AdminPassword = "p\"ß", PersonalityFiles = [.. TwoFiles] });
        Assert.All(
            files.Where(file => file.Key.EndsWith("meta_data.json", StringComparison.Ordinal)),
            file =>
                Assert.Contains(
                    "\"b\": \"2\"}, \"files\": [{\"path\": \"/etc/motd\", \"content_path\": \"/content/0000\"}, "
                        + "{\"path\": \"/root/\\u00e9\", \"content_path\": \"/content/0001\"}], "
                        + "\"admin_pass\": \"p\\\"\\u00df\", \"public_keys\": ",
                    file.Value,
                    StringComparison.Ordinal
                )
        );
        Assert.Equal("hello", files["openstack/content/0000"]);
        Assert.Equal(["openstack/content/0000", "openstack/content/0001"], files.Keys.TakeLast(2));
    }

    [Fact]
    public void C8_Further_keys_stand_after_the_password()
    {
        var files = Files(
            Fixtures.A,
            new()
            {
                AdminPassword = "x",
                ExtraMetaData =
                [
                    new("foo", Encoding.UTF8.GetBytes("\"bar\"")),
                    new("list", Encoding.UTF8.GetBytes("[1]")),
                ],
            }
        );
        Assert.Contains(
            "\"admin_pass\": \"x\", \"foo\": \"bar\", \"list\": [1], \"public_keys\": ",
            files["openstack/2012-08-10/meta_data.json"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Personality_files_are_numbered_behind_an_injected_network()
    {
        var nic = Fixtures.Interface(Fixtures.Subnet(4, "10.0.0.0/24", "10.0.0.5"));
        var instance = Fixtures.B with
        {
            NetworkInterfaces = [nic with { Network = nic.Network! with { Injected = true } }],
        };
        var files = Files(instance, new() { PersonalityFiles = [.. TwoFiles] });
        Assert.StartsWith("# Injected by Nova", files["openstack/content/0000"], StringComparison.Ordinal);
        Assert.Equal("hello", files["openstack/content/0001"]);
        Assert.Contains(
            "\"content_path\": \"/content/0001\"}, {\"path\": \"/root/\\u00e9\", \"content_path\": \"/content/0002\"}], "
                + "\"network_config\": {\"name\": \"network_config\", \"content_path\": \"/content/0000\"}",
            files["openstack/latest/meta_data.json"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Q13_Without_static_vendor_data_the_drive_lacks_that_file_where_Nova_builds_no_drive()
    {
        var files = Files(Fixtures.A, context: Context with { StaticVendorData = null });
        Assert.DoesNotContain("openstack/latest/vendor_data.json", files.Keys);
        Assert.Contains("openstack/latest/vendor_data2.json", files.Keys);
    }

    [Fact]
    public void A_drive_without_user_data_has_no_file_for_it() =>
        Assert.DoesNotContain(
            Files(Fixtures.A with { UserData = null }).Keys,
            path => path.Contains("user", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData(InstanceParts.UserData)]
    [InlineData(InstanceParts.NetworkInterfaces)]
    [InlineData(InstanceParts.Devices)]
    [InlineData(InstanceParts.KeyPair)]
    public void What_cannot_be_rendered_leaves_no_drive(InstanceParts part) =>
        Assert.Equal(Refusal.PartUnreadable, Refused(Fixtures.A with { Unreadable = part }, Context));

    [Fact]
    public void Vendor_data_or_security_groups_that_cannot_be_had_leave_no_drive()
    {
        Assert.Equal(Refusal.VendorDataUnavailable, Refused(Fixtures.A, default));
        Assert.Equal(Refusal.SecurityGroupsUnavailable, Refused(Fixtures.A with { SecurityGroups = default }, Context));
    }

    static Refusal Refused(Instance instance, RenderContext context)
    {
        var refusal = ConfigDriveFiles.Render(
            new(new(), new FakeTimeProvider()),
            instance,
            new(),
            context,
            out var files
        );
        Assert.Empty(files);
        return refusal;
    }

    /// <summary>The files' texts by their paths, in order.</summary>
    static OrderedDictionary<string, string> Files(
        Instance instance,
        ConfigDriveContent? content = null,
        RenderContext? context = null,
        Compatibility compatibility = Compatibility.Latest
    )
    {
        var renderer = new DocumentRenderer(
            new() { Compatibility = compatibility },
            new FakeTimeProvider(new(2013, 1, 1, 0, 0, 0, TimeSpan.Zero))
        );
        Assert.Equal(
            Refusal.None,
            ConfigDriveFiles.Render(renderer, instance, content ?? new(), context ?? Context, out var files)
        );
        return new(files.Select(file => KeyValuePair.Create(file.Path, Encoding.UTF8.GetString(file.Content.Span))));
    }
}
