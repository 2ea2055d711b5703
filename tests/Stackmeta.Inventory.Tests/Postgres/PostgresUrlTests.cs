using Npgsql;

namespace Stackmeta.Inventory.Tests;

/// <summary>Connection URLs as libpq reads them, and what is shown of them.</summary>
public sealed class PostgresUrlTests
{
    [Theory]
    [InlineData("postgresql://me@db/inventory", "db:5432", "me", null, "inventory")]
    [InlineData("postgres://me:se%40cr%2fet@db:6000/in%20ventory", "db:6000", "me", "se@cr/et", "in ventory")]
    [InlineData("postgresql://me:a@b@db/x", "db:5432", "me", "a@b", "x")]
    [InlineData("postgresql://me@db1,db2:6001/x", "db1:5432,db2:6001", "me", null, "x")]
    [InlineData("postgresql://me@[2001:db8::1]:6000/x", "[2001:db8::1]:6000", "me", null, "x")]
    [InlineData("postgresql://me@%2frun%2fpg/x", "/run/pg:5432", "me", null, "x")]
    [InlineData("postgresql:///x", "/var/run/postgresql", null, null, "x")]
    [InlineData("postgresql://me@db", "db:5432", "me", null, "me")]
    public void Its_parts_are_those_that_libpq_finds(
        string text,
        string hosts,
        string? user,
        string? password,
        string database
    )
    {
        var settings = PostgresUrl.Parse(text).Copy();
        Assert.Equal(
            (hosts, user ?? Environment.UserName, password, database),
            (settings.Host, settings.Username, settings.Password, settings.Database)
        );
    }

    [Fact]
    public void A_password_from_elsewhere_replaces_its_own()
    {
        Assert.Equal("file", PostgresUrl.Parse("postgresql://me:url@db/x", "file").Copy().Password);
    }

    [Fact]
    public void Parameters_are_those_of_the_documentation()
    {
        var url = PostgresUrl.Parse(
            "postgresql://me@db/x?sslmode=verify-full&sslrootcert=/ca&sslcert=/c&sslkey=/k&passfile=/p&options=-c%20a%3db&application_name=host%201&target_session_attrs=prefer-standby"
        );
        var settings = url.Copy();
        Assert.Equal(
            (SslMode.VerifyFull, "/ca", "/c", "/k", "/p", "-c a=b", "host 1"),
            (
                settings.SslMode,
                settings.RootCertificate,
                settings.SslCertificate,
                settings.SslKey,
                settings.Passfile,
                settings.Options,
                settings.ApplicationName
            )
        );
        Assert.Equal(TargetSessionAttributes.PreferStandby, url.Reads);
    }

    [Theory]
    [InlineData("mysql://me:s3cret@db/x", "it does not begin with postgresql://")]
    [InlineData("postgresql://me:s3cret@db:0/x", "a port in it is no number from 1 to 65535")]
    [InlineData("postgresql://me:s3cret@db:port/x", "a port in it is no number from 1 to 65535")]
    [InlineData(
        "postgresql://me:s3cret@db/x?sslmode=on",
        "its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"
    )]
    [InlineData(
        "postgresql://me:s3cret@db/x?target_session_attrs=first",
        "its target_session_attrs is none of prefer-primary, primary, read-write, prefer-standby, any"
    )]
    [InlineData(
        "postgresql://me:s3cret@db/x?connect_timeout=1",
        "the parameter 'connect_timeout' is not supported; supported are target_session_attrs, sslmode, sslrootcert, sslcert, sslkey, passfile, options and application_name"
    )]
    public void What_is_wrong_is_told_without_the_password(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => PostgresUrl.Parse(text)).Message);

    [Theory]
    [InlineData("postgresql://me:s3cret@db/x", "postgresql://me:***@db/x")]
    [InlineData("postgresql://me:s3c@ret@db/x?sslmode=require", "postgresql://me:***@db/x?sslmode=require")]
    [InlineData("postgresql://me@db/x?a=b&password=s3cret&c=d", "postgresql://me@db/x?a=b&password=***&c=d")]
    [InlineData("postgresql://me@db/x", "postgresql://me@db/x")]
    [InlineData("postgresql://db:6000/x", "postgresql://db:6000/x")]
    [InlineData("postgresql://:s3cret@db", "postgresql://:***@db")]
    [InlineData("nonsense", "nonsense")]
    public void A_password_is_masked_where_the_text_is_shown(string text, string shown) =>
        Assert.Equal(shown, PostgresUrl.Mask(text));

    [Theory]
    [InlineData("postgresql://me:s3cret@db1,db2:6000/x?sslmode=require", "postgresql://me@db1,db2:6000/x")]
    [InlineData("postgresql://me:s3cret@[2001:db8::5432]/x", "postgresql://me@[2001:db8::5432]/x")]
    [InlineData("postgresql://me:s3cret@db:54321/x", "postgresql://me@db:54321/x")]
    public void In_messages_it_has_no_password(string text, string shown) =>
        Assert.Equal(shown, PostgresUrl.Parse(text).ToString());
}
