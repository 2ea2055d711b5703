using System.Text.Json;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary>meta_data.json: spec/nova-metadata-cases.md, C1 to C23.</summary>
public sealed class MetaDataTests
{
    const string Latest = "/openstack/latest/meta_data.json";

    static readonly Guest A = new(Fixtures.A);
    static readonly Guest B = new(Fixtures.B);

    [Theory]
    [InlineData("2012-08-10", "")]
    [InlineData("2013-04-04", " random_seed")]
    [InlineData("2013-10-17", " random_seed")]
    [InlineData("2015-10-15", " random_seed project_id")]
    [InlineData("2016-06-30", " random_seed project_id devices")]
    [InlineData("2016-10-06", " random_seed project_id devices")]
    [InlineData("2018-08-27", " random_seed project_id devices")]
    [InlineData("2020-10-14", " random_seed project_id devices dedicated_cpus")]
    [InlineData("2025-04-04", " random_seed project_id devices dedicated_cpus")]
    [InlineData("latest", " random_seed project_id devices dedicated_cpus")]
    public void C1_C2_C4_C5_Each_version_adds_its_keys(string version, string added)
    {
        var answer = A.Ask($"/openstack/{version}/meta_data.json");
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(
            "uuid public_keys keys hostname name launch_index availability_zone" + added,
            string.Join(' ', KeysOf(answer.Text))
        );
    }

    [Fact]
    public void C3_C22_The_seed_is_512_bytes_and_never_the_same()
    {
        var first = Read(A.Get(Latest)).GetProperty("random_seed");
        var second = Read(A.Get(Latest)).GetProperty("random_seed");
        Assert.Equal(684, first.GetString()!.Length);
        Assert.Equal(512, first.GetBytesFromBase64().Length);
        Assert.NotEqual(first.GetString(), second.GetString());
    }

    [Fact]
    public void C6_A_certificate_is_shown_with_its_type()
    {
        var guest = new Guest(Fixtures.A with { KeyPair = new("key", "x509", "public_key") });
        Assert.Contains(
            "\"public_keys\": {\"key\": \"public_key\"}, \"keys\": [{\"name\": \"key\", \"type\": \"x509\", \"data\": \"public_key\"}]",
            guest.Get("/openstack/2012-08-10/meta_data.json"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void C7_C20_Without_a_stored_key_pair_only_the_EC2_tree_shows_the_key()
    {
        var guest = new Guest(Fixtures.A with { KeyPair = null });
        Assert.DoesNotContain("keys", guest.Get(Latest), StringComparison.Ordinal);
        Assert.Equal(Fixtures.A.KeyData, guest.Get("/latest/meta-data/public-keys/0/openssh-key"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void C19_Without_a_key_name_no_tree_shows_a_key(string? keyName)
    {
        var guest = new Guest(Fixtures.A with { KeyName = keyName });
        Assert.DoesNotContain("keys", guest.Get(Latest), StringComparison.Ordinal);
        Assert.DoesNotContain("keys", guest.Get("/latest/meta-data"), StringComparison.Ordinal);
    }

    [Fact]
    public void C10_C11_C23_Dedicated_CPUs_are_listed()
    {
        Assert.EndsWith("\"dedicated_cpus\": []}", A.Get(Latest), StringComparison.Ordinal);
        var guest = new Guest(Fixtures.A with { DedicatedCpus = [0, 1, 3, 4] });
        Assert.EndsWith("\"dedicated_cpus\": [0, 1, 3, 4]}", guest.Get(Latest), StringComparison.Ordinal);
    }

    [Fact]
    public void C12_Keys_stand_in_order_and_text_is_ASCII()
    {
        var json = B.Get(Latest);
        var seed = Read(json).GetProperty("random_seed").GetString();
        Assert.Equal(
            "{\"uuid\": \"6f6e2c1a-1111-4a4a-8b8b-000000000001\", \"meta\": {\"role\": \"web\", \"b\": \"2\"}, "
                + "\"public_keys\": {\"mykey\": \"ssh-ed25519 AAAAC3Nz test@host\"}, "
                + "\"keys\": [{\"name\": \"mykey\", \"type\": \"ssh\", \"data\": \"ssh-ed25519 AAAAC3Nz test@host\"}], "
                + "\"hostname\": \"web-1.novalocal\", \"name\": \"W\\u00e9b \\\"1\\\"\", \"launch_index\": 0, "
                + $"\"availability_zone\": \"nova\", \"random_seed\": \"{seed}\", \"project_id\": \"proj-1\", "
                + "\"devices\": [], \"dedicated_cpus\": []}",
            json
        );
    }

    [Theory]
    [InlineData("test", "novalocal", "\"test.novalocal\"")]
    [InlineData("test", "", "\"test\"")]
    [InlineData("test", "fakedomain", "\"test.fakedomain\"")]
    [InlineData("a.b.c", "example.org", "\"a.b.c.example.org\"")]
    [InlineData(null, "", "null")]
    public void C13_to_C16_The_domain_is_appended_to_any_hostname(string? hostname, string domain, string expected)
    {
        var guest = new Guest(Fixtures.A with { Hostname = hostname }) { Options = new() { DhcpDomain = domain } };
        Assert.Contains($"\"hostname\": {expected}, ", guest.Get(Latest), StringComparison.Ordinal);
        Assert.Equal(hostname is null ? "None" : expected.Trim('"'), guest.Get("/latest/meta-data/hostname"));
    }

    [Fact]
    public void C17_Without_metadata_there_is_no_meta() =>
        Assert.DoesNotContain("\"meta\"", A.Get(Latest), StringComparison.Ordinal);

    [Fact]
    public void C21_What_is_not_stored_is_null()
    {
        var bare = new Guest(new Instance { Uuid = "u", Hostname = "h" }).Get(Latest);
        Assert.Contains(
            "\"name\": null, \"launch_index\": null, \"availability_zone\": null, ",
            bare,
            StringComparison.Ordinal
        );
        Assert.Contains("\"project_id\": null, ", bare, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_larger_than_any_buffer_is_written_whole()
    {
        var long1 = new string('ü', 20_000);
        var metadata = Enumerable.Range(0, 200).Select(i => new MetadataItem($"key{i}", long1));
        var json = Read(new Guest(Fixtures.B with { Metadata = [.. metadata] }).Get(Latest));
        Assert.Equal(long1, json.GetProperty("meta").GetProperty("key199").GetString());
    }

    static string[] KeysOf(string json) => [.. Read(json).EnumerateObject().Select(member => member.Name)];

    static JsonElement Read(string json) => JsonDocument.Parse(json).RootElement;
}
