namespace Stackmeta.OpenStack.Tests;

/// <summary>spec/nova-metadata.md §7.2.</summary>
public sealed class CellUrlTemplateTests
{
    const string Connection = "mysql+pymysql://nova:p%40w@[::1]:3306/nova?charset=utf8";

    [Theory]
    [InlineData(
        "{scheme}://{username}:{password}@{hostname}:{port}/cell2?{query}",
        "mysql+pymysql://nova:p%40w@::1:3306/cell2?charset=utf8"
    )]
    [InlineData("{scheme}://x/{path}#{fragment}", "mysql+pymysql://x/nova#")]
    [InlineData("mysql://literal:pw@host/db", "mysql://literal:pw@host/db")]
    [InlineData("mysql://a:{{b}}@host/db", "mysql://a:{b}@host/db")]
    public void A_template_is_filled_in(string template, string expected)
    {
        Assert.True(CellUrlTemplate.TryExpand(template, Connection, out var url));
        Assert.Equal(expected, url);
    }

    [Fact]
    public void A_part_that_is_missing_is_written_None()
    {
        Assert.True(CellUrlTemplate.TryExpand("mysql://{username}@db:{port}/x", "mysql://db/nova", out var url));
        Assert.Equal("mysql://None@db:None/x", url);
    }

    [Fact]
    public void Hosts_between_commas_have_numbers()
    {
        var connection = "mysql://a:1@h1:3306,b:2@h2:3307/nova";
        Assert.True(CellUrlTemplate.TryExpand("{username1} {password2} {hostname2}:{port2}", connection, out var url));
        Assert.Equal("a 2 h2:3307", url);
    }

    [Theory]
    [InlineData("mysql://u:pa{ss@host/db")]
    [InlineData("mysql://u:pa}ss@host/db")]
    [InlineData("mysql://{nobody}@host/db")]
    [InlineData("mysql://{}@host/db")]
    [InlineData("mysql://{port:05d}@host/db")]
    public void A_brace_error_leaves_the_text_as_it_is(string template)
    {
        Assert.False(CellUrlTemplate.TryExpand(template, Connection, out var url));
        Assert.Equal(template, url);
    }

    [Fact]
    public void Without_a_connection_a_template_cannot_be_filled_in() =>
        Assert.False(CellUrlTemplate.TryExpand("{scheme}://x", null, out _));
}
