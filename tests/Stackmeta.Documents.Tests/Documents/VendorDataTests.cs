using System.Text;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>
/// Vendor data as documents: spec/nova-metadata-cases.md, J12, J13, J15, J16. Where they come from is another room's matter.
/// </summary>
public sealed class VendorDataTests
{
    static readonly Guest A = new(Fixtures.A);

    [Fact]
    public void J13_J15_Values_are_put_in_as_they_are()
    {
        var guest = A with
        {
            Context = new()
            {
                StaticVendorData = Json("[1]"),
                VendorData2 = [new("static", Json("[1]")), new("wéb", Json("{\"color\": \"blue\"}"))],
            },
        };
        var data = guest.Ask("/openstack/latest/vendor_data.json");
        Assert.Equal("[1]", data.Text);
        Assert.Equal("application/json", data.ContentType);
        var data2 = guest.Ask("/openstack/2016-10-06/vendor_data2.json");
        Assert.Equal("{\"static\": [1], \"w\\u00e9b\": {\"color\": \"blue\"}}", data2.Text);
        Assert.Equal("application/json", data2.ContentType);
    }

    [Fact]
    public void J12_Without_providers_one_file_is_listed_and_missing_and_the_other_empty()
    {
        var guest = A with { Context = new() { VendorData2 = [] } };
        Assert.Equal(Refusal.PathNotFound, guest.Ask("/openstack/latest/vendor_data.json").Refusal);
        Assert.Contains("vendor_data.json", guest.List("/openstack/latest"));
        Assert.Equal("{}", guest.Get("/openstack/latest/vendor_data2.json"));
    }

    [Theory]
    [InlineData("/openstack/2013-04-04/vendor_data.json")]
    [InlineData("/openstack/2016-06-30/vendor_data2.json")]
    public void J16_Earlier_versions_have_none(string target) =>
        Assert.Equal(Refusal.PathNotFound, A.Ask(target).Refusal);

    [Fact]
    public void Vendor_data_that_could_not_be_had_are_refused_and_nothing_else_is()
    {
        Assert.Equal(Refusal.VendorDataUnavailable, A.Ask("/openstack/latest/vendor_data2.json").Refusal);
        Assert.Equal(Refusal.None, A.Ask("/openstack/latest/meta_data.json").Refusal);
    }

    static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
