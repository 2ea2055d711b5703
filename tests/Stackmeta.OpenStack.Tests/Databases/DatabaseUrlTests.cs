namespace Stackmeta.OpenStack.Tests;

/// <summary>SQLAlchemy's URLs as they stand in configuration files and cell mappings.</summary>
public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData("mysql+pymysql://nova:pw@db:3307/nova_api?charset=utf8", "MySql nova pw db:3307 nova_api charset=utf8")]
    [InlineData("mysql://nova:pw@db/nova", "MySql nova pw db nova ")]
    [InlineData("mariadb+pymysql://nova@db/nova", "MySql nova - db nova ")]
    [InlineData("mysql+mysqldb://n%40va:p%40%2F%3A%25@db/nova", "MySql n@va p@/:% db nova ")]
    [InlineData("mysql+pymysql://nova:p/w:x@db/nova", "MySql nova p/w:x db nova ")]
    [InlineData("mysql+pymysql://nova:pw+x@[2001:db8::1]:3306/nova", "MySql nova pw+x 2001:db8::1:3306 nova ")]
    [InlineData("mysql+pymysql://nova:pw@h1,h2/nova", "MySql nova pw h1,h2 nova ")]
    [InlineData(
        "mysql+pymysql://nova:pw@/nova?unix_socket=/run/mysqld/mysqld.sock",
        "MySql nova pw  nova unix_socket=/run/mysqld/mysqld.sock"
    )]
    [InlineData(
        "postgresql+psycopg2://nova:pw@h1:5432,h2:5433/nova?sslmode=require",
        "PostgreSql nova pw h1:5432,h2:5433 nova sslmode=require"
    )]
    [InlineData("postgresql://nova:pw@/nova?host=h1:5432&host=h2", "PostgreSql nova pw h1:5432,h2 nova ")]
    [InlineData("postgresql:///nova?host=/run/postgresql&port=6432", "PostgreSql - - /run/postgresql:6432 nova ")]
    [InlineData(
        "mysql+pymysql://u:p@h/d?ssl_ca=/etc/a%20b.pem&empty=&x=a+b",
        "MySql u p h d ssl_ca=/etc/a b.pem&x=a b"
    )]
    public void A_url_is_split_and_decoded(string text, string expected)
    {
        var url = DatabaseUrl.Parse(text);
        var parameters = string.Join('&', url.Parameters.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(
            expected,
            $"{url.Kind} {url.Username ?? "-"} {url.Password ?? "-"} {string.Join(',', url.Hosts)} {url.Database} {parameters}"
        );
        Assert.DoesNotContain("pw", url.ToString());
    }

    [Theory]
    [InlineData("sqlite:////var/lib/nova.db", "the dialect 'sqlite' is neither mysql, mariadb nor postgresql")]
    [InlineData("oracle://u:secret@h/d", "the dialect 'oracle' is neither mysql, mariadb nor postgresql")]
    [InlineData("mysql+pymysql://u:secret@h:None/d", "the port 'None' is no number from 1 to 65535")]
    [InlineData("nonsense secret", "it is not of the form dialect+driver://user:password@host:port/database")]
    public void What_is_no_usable_url_is_refused_without_its_password(string text, string message)
    {
        var error = Assert.Throws<FormatException>(() => DatabaseUrl.Parse(text));
        Assert.Equal(message, error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Theory]
    [InlineData("", "Preferred")]
    [InlineData("?ssl_ca=/ca.pem", "VerifyFull")]
    [InlineData("?ssl_ca=/ca.pem&ssl_check_hostname=false", "VerifyCA")]
    [InlineData("?ssl_ca=/ca.pem&ssl_verify_cert=false", "Required")]
    [InlineData("?ssl_cert=/c.pem&ssl_key=/k.pem", "Required")]
    [InlineData("?ssl_disabled=true", "None")]
    public void Tls_towards_mysql_is_as_strict_as_pymysqls(string parameters, string mode)
    {
        var text = MySqlSettings.ConnectionString(DatabaseUrl.Parse("mysql+pymysql://u:p@h/d" + parameters), new());
        Assert.Equal(mode, new MySqlConnector.MySqlConnectionStringBuilder(text).SslMode.ToString());
    }

    [Theory]
    [InlineData("", "Prefer")]
    [InlineData("?sslmode=disable", "Disable")]
    [InlineData("?sslmode=require", "Require")]
    [InlineData("?sslmode=require&sslrootcert=/ca.pem", "VerifyCA")]
    [InlineData("?sslmode=verify-full&sslrootcert=/ca.pem", "VerifyFull")]
    public void Tls_towards_postgresql_is_as_strict_as_libpqs(string parameters, string mode)
    {
        var text = PostgreSqlSettings.ConnectionString(DatabaseUrl.Parse("postgresql://u:p@h/d" + parameters), new());
        Assert.Equal(mode, new Npgsql.NpgsqlConnectionStringBuilder(text).SslMode.ToString());
    }

    [Theory]
    [InlineData("mysql+pymysql://u:p@h/d?read_default_file=/root/.my.cnf", "read_default_file")]
    [InlineData("mysql+pymysql://u:p@h/d?ssl_capath=/etc/ssl", "ssl_capath")]
    [InlineData("mysql+pymysql://u:p@h/d?init_command=SET+x", "init_command")]
    [InlineData("mysql+pymysql://u:p@h/d?connect_timeout=soon", "connect_timeout")]
    [InlineData("postgresql://u:p@h/d?service=nova", "service")]
    [InlineData("postgresql://u:p@h/d?sslmode=sometimes", "sslmode")]
    [InlineData("mysql+pymysql://u:p@h1:3306,h2:3307/d", "same port")]
    public void What_cannot_be_honoured_is_refused_by_name(string text, string name)
    {
        var url = DatabaseUrl.Parse(text);
        Assert.Contains(name, Assert.Throws<FormatException>(() => new DatabaseSource(url, new())).Message);
    }
}
