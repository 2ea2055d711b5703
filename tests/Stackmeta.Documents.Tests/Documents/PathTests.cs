using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>How paths are spelt: spec/nova-metadata-cases.md, A17 to A27, and what was seen of the reference.</summary>
public sealed class PathTests
{
    static readonly Guest B = new(Fixtures.B);

    [Theory]
    [InlineData("/openstack//latest///user_data", "/openstack/latest/user_data")]
    [InlineData("/%6fpenstack", "/openstack")]
    [InlineData("/openstack%2Flatest", "/openstack/latest")]
    [InlineData("/openstack/latest%2fuser_data", "/openstack/latest/user_data")]
    [InlineData("/latest/../openstack/latest", "/openstack/latest")]
    [InlineData("/latest/%2e%2E/openstack/latest", "/openstack/latest")]
    [InlineData("/latest/meta-data/./hostname", "/latest/meta-data/hostname")]
    [InlineData("/openstack/latest/user_data/", "/openstack/latest/user_data")]
    [InlineData("/openstack/latest/user_data//", "/openstack/latest/user_data")]
    [InlineData("///openstack/latest/user_data", "/openstack/latest/user_data")]
    [InlineData("/openstack/content/../latest/", "/openstack/latest")]
    [InlineData("/openstack/latest/meta_data.json/..", "/openstack/latest")]
    [InlineData("/openstack/latest/..", "/openstack")]
    [InlineData("/openstack/..", "/")]
    [InlineData("/../", "/")]
    [InlineData("/%2e%2e/..", "/")]
    [InlineData("/.", "/")]
    [InlineData("//", "/")]
    [InlineData("/%ff/..", "/")]
    // Below the first segment there is nothing, not even the slash that needs no proof.
    [InlineData("/..", "/ec2")]
    [InlineData("/../..", "/ec2")]
    [InlineData("//../..", "/ec2")]
    [InlineData("", "/ec2")]
    // Where dots are written out, an empty segment is one that they remove.
    [InlineData("/latest//..", "/latest")]
    [InlineData("/latest/meta-data/hostname//..", "/latest/meta-data/hostname")]
    [InlineData("/2007-08-29//../meta-data/hostname/", "/2007-08-29/meta-data/hostname")]
    [InlineData("/openstack/%2e/latest/../..", "/openstack")]
    [InlineData("/latest//%2e%2e", "/")]
    [InlineData("/ec2/latest", "/latest")]
    [InlineData("/ec2", "/ec2/")]
    [InlineData("/latest/meta-data/ami-id?x=1", "/latest/meta-data/ami-id")]
    [InlineData("/openstack/latest/?a=b&c/../..", "/openstack/latest")]
    [InlineData("/openstack/latest#frag", "/openstack/latest")]
    [InlineData("http://169.254.169.254/latest/meta-data/instance-id", "/latest/meta-data/instance-id")]
    [InlineData("HTTP://[fe80::a9fe:a9fe]:80/openstack?x", "/openstack")]
    [InlineData("http://169.254.169.254", "/ec2")]
    [InlineData("http://169.254.169.254?x=/latest", "/ec2")]
    [InlineData("http://169.254.169.254/", "/")]
    // An escape that the end cuts short is dropped.
    [InlineData("/%", "/")]
    [InlineData("/openstack%2", "/openstack")]
    public void A17_A18_A27_Spellings_of_one_path_answer_alike(string spelling, string normal)
    {
        Assert.Equal(Refusal.None, MetadataDocument.Resolve(normal, out var expected));
        Assert.Equal(Refusal.None, MetadataDocument.Resolve(spelling, out var document));
        Assert.Equal(expected, document);
        Assert.Equal(B.Get(normal), B.Get(spelling));
    }

    [Theory]
    [InlineData("/openstack/latest/meta_data.json/x")]
    [InlineData("/OPENSTACK")]
    [InlineData("/openstack/LATEST")]
    [InlineData("/openstack/latest/META_DATA.JSON")]
    [InlineData("/favicon.ico")]
    [InlineData("/ec2/ec2/latest")]
    [InlineData("/ec2/openstack")]
    [InlineData("/openstack/ec2")]
    [InlineData("/openstack/1.0")]
    [InlineData("/openstack/content")]
    [InlineData("/openstack/content/0000")]
    [InlineData("/openstack/content/0001")]
    [InlineData("/openstack/content/0000/1")]
    [InlineData("/openstack/latest/version/x")]
    [InlineData("/openstack/latest/content/0000")]
    [InlineData("/openstack/latest/user-data")]
    [InlineData("/latest/user_data")]
    [InlineData("/latest/dynamic/instance-identity/document")]
    [InlineData("/latest/meta-data/_name")]
    [InlineData("/latest/meta-data/public-keys/_name")]
    [InlineData("/2009-04-04x/")]
    [InlineData("/1.0.")]
    [InlineData("/openstack/latest/meta_data.json%00")]
    [InlineData("/openstack/latest/meta_data.json%0a")]
    [InlineData("/openstack/latest/meta_data.json%2500")]
    [InlineData("/latest/m%C3%ABta")]
    [InlineData("/latest/mëta")]
    [InlineData("/lat est/")]
    [InlineData("/%zz")]
    [InlineData("/%+1")]
    [InlineData("/latest/meta-data/%%32%35")]
    [InlineData("/openstack/2012-08-10/password")]
    [InlineData("/openstack/2013-04-04/vendor_data.json")]
    [InlineData("/openstack/2016-06-30/vendor_data2.json")]
    public void A18_A19_A20_Other_paths_are_not_found(string target) =>
        Assert.Equal(Refusal.PathNotFound, B.Ask(target).Refusal);

    [Fact]
    public void A21_The_content_of_a_version_is_not_found_where_Nova_crashes() =>
        Assert.Equal(Refusal.PathBelowLeaf, B.Ask("/openstack/latest/content").Refusal);

    [Theory]
    [InlineData("/%ff")]
    [InlineData("/%ff%fe")]
    [InlineData("/%c3")]
    [InlineData("/%c3a")]
    [InlineData("/%c3%")]
    [InlineData("/%ed%a0%80")]
    [InlineData("/%c0%af")]
    [InlineData("/%ff/%2e%2e")]
    [InlineData("*")]
    [InlineData("latest/meta-data")]
    public void A21_A_path_that_is_no_encoded_UTF8_is_malformed(string target) =>
        Assert.Equal(Refusal.PathMalformed, B.Ask(target).Refusal);

    [Fact]
    public void Half_a_surrogate_pair_is_malformed() =>
        Assert.Equal(Refusal.PathMalformed, B.Ask("/latest/" + '\ud83d').Refusal);

    [Fact]
    public void A_path_of_any_length_is_decided()
    {
        var climb = string.Concat(Enumerable.Repeat("/x/..", 5000));
        Assert.Equal(B.Get("/openstack/latest"), B.Get(climb + "/openstack/latest"));
        Assert.Equal(Refusal.PathNotFound, B.Ask("/latest/" + new string('a', 60_000)).Refusal);
    }

    [Fact]
    public void Usual_paths_are_named_without_new_text()
    {
        MetadataDocument.Resolve("/latest/meta-data/instance-id", out var first);
        MetadataDocument.Resolve("/2009-04-04//meta-data/instance-id/", out var second);
        Assert.Same(first.Path, second.Path);
    }

    [Fact]
    public void Only_security_groups_need_security_groups()
    {
        MetadataDocument.Resolve("/latest/meta-data/security-groups/", out var groups);
        Assert.True(groups.ShowsSecurityGroups);
        MetadataDocument.Resolve("/latest/meta-data/", out var listing);
        Assert.False(listing.ShowsSecurityGroups);
    }

    [Theory]
    [InlineData("zed", "2025-04-04", Refusal.PathNotFound)]
    [InlineData("zed", "2020-10-14", Refusal.PathBelowLeaf)]
    [InlineData("zed", "latest", Refusal.PathBelowLeaf)]
    [InlineData("latest", "2025-04-04", Refusal.PathBelowLeaf)]
    [InlineData("latest", "2030-01-01", Refusal.PathNotFound)]
    public void Contents_stand_below_a_version_that_the_release_knows(string release, string version, Refusal expected)
    {
        var options = new DocumentOptions { Compatibility = Enum.Parse<Compatibility>(release, ignoreCase: true) };
        var renderer = new DocumentRenderer(options, TimeProvider.System);
        Assert.Equal(expected, renderer.Resolve($"/openstack/{version}/content", out var document));
        Assert.Equal(DocumentKind.None, document.Kind);
    }
}
