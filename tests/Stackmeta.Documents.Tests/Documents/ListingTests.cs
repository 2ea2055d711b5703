using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>Roots and listings: spec/nova-metadata-cases.md, A1 to A16.</summary>
public sealed class ListingTests
{
    const string Ec2List =
        "1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n2009-04-04\nlatest";

    static readonly Guest A = new(Fixtures.A);
    static readonly Guest B = new(Fixtures.B);

    [Theory]
    [InlineData("/")]
    [InlineData("/foo/../")]
    public void A1_A2_A3_The_root_lists_the_EC2_versions_of_nobody(string target)
    {
        var answer = new Guest(Instance: null).Ask(target);
        Assert.Equal(Ec2List, answer.Text);
        Assert.Equal(98, answer.Bytes.Length);
        Assert.Equal("text/plain; charset=UTF-8", answer.ContentType);
    }

    [Fact]
    public void A4_A_version_lists_both_trees_of_an_instance_with_user_data()
    {
        Assert.Equal("meta-data/\nuser-data", A.Get("/2009-04-04"));
        Assert.Equal("meta-data/", new Guest(Fixtures.A with { UserData = null }).Get("/2009-04-04"));
    }

    [Theory]
    [InlineData("/9999-99-99")]
    [InlineData("/2009-04-04/user-data-invalid")]
    public void A5_A6_An_unknown_version_or_name_is_not_found(string target) =>
        Assert.Equal(Refusal.PathNotFound, A.Ask(target).Refusal);

    [Fact]
    public void A7_The_OpenStack_root_lists_versions_and_not_content()
    {
        var versions = A.List("/openstack");
        Assert.Contains("2012-08-10", versions);
        Assert.Contains("latest", versions);
        Assert.DoesNotContain("content", versions);
        Assert.Equal(versions, A.List("/openstack/"));
    }

    [Theory]
    [InlineData(Compatibility.Zed, 105)]
    [InlineData(Compatibility.Antelope, 105)]
    [InlineData(Compatibility.Epoxy, 116)]
    [InlineData(Compatibility.Latest, 116)]
    public void A8_The_OpenStack_root_is_as_long_as_the_release_has_versions(Compatibility compatibility, int length) =>
        Assert.Equal(length, (B with { Options = new() { Compatibility = compatibility } }).Get("/openstack").Length);

    [Fact]
    public void A9_Versions_of_the_future_are_hidden_but_served()
    {
        var guest = A with { Now = new(2020, 10, 13, 23, 59, 59, TimeSpan.Zero) };
        Assert.DoesNotContain("2020-10-14", guest.List("/openstack"));
        Assert.Contains("2018-08-27", guest.List("/openstack"));
        Assert.Contains("dedicated_cpus", guest.Get("/openstack/2020-10-14/meta_data.json"), StringComparison.Ordinal);
        Assert.Contains("2020-10-14", (guest with { Now = guest.Now.AddSeconds(1) }).List("/openstack"));
    }

    [Fact]
    public void A9_Today_is_meant_in_UTC()
    {
        var guest = A with { Now = new(2020, 10, 14, 0, 30, 0, TimeSpan.FromHours(2)) };
        Assert.DoesNotContain("2020-10-14", guest.List("/openstack"));
    }

    [Theory]
    [InlineData("2012-08-10", "meta_data.json user_data")]
    [InlineData("2013-04-04", "meta_data.json user_data password")]
    [InlineData("2013-10-17", "meta_data.json user_data password vendor_data.json")]
    [InlineData("2015-10-15", "meta_data.json user_data password vendor_data.json network_data.json")]
    [InlineData("2016-06-30", "meta_data.json user_data password vendor_data.json network_data.json")]
    [InlineData("2016-10-06", "meta_data.json user_data password vendor_data.json network_data.json vendor_data2.json")]
    [InlineData("latest", "meta_data.json user_data password vendor_data.json network_data.json vendor_data2.json")]
    public void A10_to_A15_A_version_lists_its_files_in_order(string version, string files)
    {
        Assert.Equal(files.Split(' '), A.List($"/openstack/{version}"));
        Assert.Equal(
            files.Split(' ').Where(file => file != "user_data"),
            new Guest(Fixtures.A with { UserData = null }).List($"/openstack/{version}")
        );
    }

    [Fact]
    public void A16_A_version_has_an_alias_of_its_listing() =>
        Assert.Equal(B.Get("/openstack/latest"), B.Get("/openstack/latest/version"));

    [Fact]
    public void A_release_does_not_know_later_versions()
    {
        var zed = B with { Options = new() { Compatibility = Compatibility.Zed } };
        Assert.Equal(Refusal.PathNotFound, zed.Ask("/openstack/2025-04-04").Refusal);
        Assert.Equal(Refusal.PathNotFound, zed.Ask("/openstack/2025-04-04/meta_data.json").Refusal);
        Assert.Equal(Refusal.None, zed.Ask("/openstack/latest/meta_data.json").Refusal);
        Assert.Equal(Refusal.None, B.Ask("/openstack/2025-04-04/meta_data.json").Refusal);
    }
}
