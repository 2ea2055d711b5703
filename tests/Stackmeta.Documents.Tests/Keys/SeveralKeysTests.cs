using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>A key pair of several lines: one key for Nova, as many as lines for what is ours.</summary>
public sealed class SeveralKeysTests
{
    const string Two = "ssh-ed25519 AAAA one\nssh-ed25519 BBBB two";

    static readonly Instance _instance = Fixtures.A with
    {
        KeyName = "mykey",
        KeyData = Two,
        KeyPair = new("mykey", "ssh", Two),
    };

    static readonly DocumentOptions _ours = new() { IsKeyPerLine = true };

    [Fact]
    public void The_EC2_tree_numbers_them()
    {
        var guest = new Guest(_instance) { Options = _ours };
        Assert.Equal("0=mykey\n1=mykey", guest.Get("/latest/meta-data/public-keys"));
        Assert.Equal("openssh-key", guest.Get("/latest/meta-data/public-keys/1"));
        Assert.Equal("ssh-ed25519 AAAA one", guest.Get("/latest/meta-data/public-keys/0/openssh-key"));
        Assert.Equal("ssh-ed25519 BBBB two", guest.Get("/latest/meta-data/public-keys/1/openssh-key"));
    }

    [Fact]
    public void The_metadata_document_names_each() =>
        Assert.Contains(
            "\"public_keys\": {\"mykey\": \"ssh-ed25519 AAAA one\", \"mykey-2\": \"ssh-ed25519 BBBB two\"}, "
                + "\"keys\": [{\"name\": \"mykey\", \"type\": \"ssh\", \"data\": \"ssh-ed25519 AAAA one\"}, "
                + "{\"name\": \"mykey-2\", \"type\": \"ssh\", \"data\": \"ssh-ed25519 BBBB two\"}]",
            new Guest(_instance) { Options = _ours }.Get("/openstack/latest/meta_data.json")
        );

    [Fact]
    public void The_NoCloud_seed_lists_them()
    {
        Assert.Equal(Refusal.None, NoCloudSeed.Render(_instance, default, _ours, out var files));
        Assert.Contains(
            "public-keys:\n  - \"ssh-ed25519 AAAA one\"\n  - \"ssh-ed25519 BBBB two\"\n",
            Encoding.UTF8.GetString(files[0].Content.Span)
        );
    }

    [Fact]
    public void Nova_shows_one_key_as_its_row_has_it()
    {
        var guest = new Guest(_instance);
        Assert.Equal("0=mykey", guest.Get("/latest/meta-data/public-keys"));
        Assert.Equal(Two, guest.Get("/latest/meta-data/public-keys/0/openssh-key"));
    }

    [Fact]
    public void A_certificate_is_one_key_of_many_lines()
    {
        var guest = new Guest(_instance with { KeyPair = new("mykey", "x509", Two) }) { Options = _ours };
        Assert.Equal("0=mykey", guest.Get("/latest/meta-data/public-keys"));
    }
}
