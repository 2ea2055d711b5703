using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>User data and the password: spec/nova-metadata-cases.md, I1 to I8, K1, K2 and K9.</summary>
public sealed class UserDataTests
{
    [Theory]
    [InlineData("/2009-04-04/user-data")]
    [InlineData("/1.0/user-data/")]
    [InlineData("/openstack/2012-08-10/user_data")]
    [InlineData("/openstack/latest/user_data")]
    public void I1_I3_Bytes_pass_as_they_are(string target)
    {
        var bytes = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        var answer = new Guest(Fixtures.A with { UserData = bytes }).Ask(target);
        Assert.Equal(bytes, answer.Bytes);
        Assert.Equal("text/plain; charset=UTF-8", answer.ContentType);
        Assert.Equal("This is an encoded string", new Guest(Fixtures.A).Get(target));
    }

    [Theory]
    [InlineData("/2009-04-04/user-data")]
    [InlineData("/openstack/2012-08-10/user_data")]
    public void I2_I4_Without_user_data_there_is_none(string target) =>
        Assert.Equal(Refusal.UserDataAbsent, new Guest(Fixtures.A with { UserData = null }).Ask(target).Refusal);

    [Fact]
    public void I5_Empty_user_data_are_listed_and_empty()
    {
        var guest = new Guest(Fixtures.A with { UserData = Array.Empty<byte>() });
        Assert.Contains("user-data", guest.List("/latest"));
        Assert.Contains("user_data", guest.List("/openstack/latest"));
        Assert.Equal("", guest.Get("/latest/user-data"));
        Assert.Equal("", guest.Get("/openstack/latest/user_data"));
    }

    [Fact]
    public void I7_Unreadable_user_data_refuse_themselves_alone_where_Nova_refuses_all()
    {
        var guest = new Guest(Fixtures.A with { UserData = null, Unreadable = InstanceParts.UserData });
        Assert.Equal(Refusal.PartUnreadable, guest.Ask("/latest/user-data").Refusal);
        Assert.Equal(Refusal.PartUnreadable, guest.Ask("/openstack/latest/user_data").Refusal);
        Assert.Contains("user-data", guest.List("/latest"));
        Assert.Contains("user_data", guest.List("/openstack/latest"));
        Assert.Equal(Refusal.None, guest.Ask("/openstack/latest/meta_data.json").Refusal);
    }

    [Fact]
    public void K1_K2_The_password_is_shown_as_HTML_of_all_things()
    {
        var unset = new Guest(Fixtures.A).Ask("/openstack/latest/password");
        Assert.Equal("", unset.Text);
        Assert.Equal("text/html; charset=UTF-8", unset.ContentType);

        var set = new Guest(Fixtures.A with { Password = "föö" }).Ask("/openstack/2013-04-04/password");
        Assert.Equal(Encoding.UTF8.GetBytes("föö"), set.Bytes);
        Assert.Equal("text/html; charset=UTF-8", set.ContentType);
    }

    [Fact]
    public void K9_The_first_version_has_no_password() =>
        Assert.Equal(Refusal.PathNotFound, new Guest(Fixtures.A).Ask("/openstack/2012-08-10/password").Refusal);

    [Fact]
    public void An_unreadable_password_refuses_itself_alone_where_Nova_refuses_all()
    {
        var guest = new Guest(Fixtures.A with { Unreadable = InstanceParts.Password });
        Assert.Equal(Refusal.PartUnreadable, guest.Ask("/openstack/latest/password").Refusal);
        Assert.Contains("password", guest.List("/openstack/latest"));
        Assert.Equal(Refusal.None, guest.Ask("/openstack/latest/meta_data.json").Refusal);
    }
}
