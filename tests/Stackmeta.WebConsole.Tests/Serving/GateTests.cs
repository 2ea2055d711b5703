namespace Stackmeta.WebConsole.Tests;

/// <summary>Who is let in, and how the page is fenced.</summary>
public sealed class GateTests
{
    const string Loopback = "Host: 127.0.0.1";

    [Fact]
    public async Task The_token_becomes_a_cookie_and_leaves_the_address()
    {
        await using var console = await ServedConsole.StartAsync();
        var answer = await console.AskAsync($"/?token={console.Token}", Loopback);
        Assert.Equal((303, "/"), (answer.Status, answer["Location"]));
        var cookie = answer["Set-Cookie"]!;
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(console.Token, cookie);
        Assert.Equal(200, (await console.AskAsync("/", Loopback, await console.CookieAsync())).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?token=")]
    [InlineData("/?token=0")]
    [InlineData("/?token=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("/events")]
    [InlineData("/guests?search=x")]
    [InlineData("/explain?asked=x")]
    [InlineData("/document?asked=x&path=/openstack/latest/user_data")]
    [InlineData("/js/console.js")]
    [InlineData("/nothing")]
    public async Task Without_the_token_there_is_nothing(string target)
    {
        await using var console = await ServedConsole.StartAsync();
        var answer = await console.AskAsync(target, Loopback);
        Assert.Equal(403, answer.Status);
        Assert.Null(answer["Set-Cookie"]);
        Assert.Contains("stackmeta console", answer.Text);
        Assert.Equal(0, console.Path.Followers);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_also_to_who_has_the_cookie()
    {
        await using var console = await ServedConsole.StartAsync();
        var cookie = await console.CookieAsync();
        var almost = console.Token[..^1] + (console.Token[^1] == '0' ? '1' : '0');
        foreach (var wrong in (string[])["0", almost])
        {
            Assert.Equal(403, (await console.AskAsync($"/?token={wrong}", Loopback, cookie)).Status);
        }
    }

    [Theory]
    [InlineData("Host: attacker.example")]
    [InlineData("Host: 127.0.0.1.attacker.example")]
    [InlineData("Host: 169.254.169.254")]
    [InlineData("Host: ")]
    public async Task Another_name_that_leads_here_is_refused(string host)
    {
        await using var console = await ServedConsole.StartAsync();
        var answer = await console.AskAsync($"/?token={console.Token}", host);
        Assert.Equal(421, answer.Status);
        Assert.Null(answer["Set-Cookie"]);
    }

    [Theory]
    [InlineData("Host: localhost:8080")]
    [InlineData("Host: 127.0.0.1:8080")]
    [InlineData("Host: [::1]:8080")]
    public async Task A_forwarded_port_is_let_in(string host)
    {
        await using var console = await ServedConsole.StartAsync();
        Assert.Equal(200, (await console.AskAsync("/", host, await console.CookieAsync())).Status);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task Another_sites_page_cannot_ask_with_the_operators_cookie(string site)
    {
        await using var console = await ServedConsole.StartAsync();
        var answer = await console.AskAsync(
            "/guests?search=x",
            Loopback,
            await console.CookieAsync(),
            $"Sec-Fetch-Site: {site}"
        );
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Every_answer_carries_the_fence()
    {
        await using var console = await ServedConsole.StartAsync();
        var cookie = await console.CookieAsync();
        foreach (var target in (string[])["/", "/js/console.js", "/css/layout.css", "/guests?search=x", "/nothing"])
        {
            var answer = await console.AskAsync(target, Loopback, cookie);
            Assert.StartsWith(
                "default-src 'none'; script-src 'self'; style-src 'self'",
                answer["Content-Security-Policy"]
            );
            Assert.Equal("nosniff", answer["X-Content-Type-Options"]);
            Assert.Equal("no-store", answer["Cache-Control"]);
            Assert.Equal("no-referrer", answer["Referrer-Policy"]);
        }
    }

    [Fact]
    public void The_page_has_no_script_or_style_of_its_own_and_names_no_other_host()
    {
        Assert.NotEmpty(ConsoleAssets.All);
        foreach (var (path, asset) in ConsoleAssets.All)
        {
            var text = System
                .Text.Encoding.UTF8.GetString(asset.Bytes)
                .Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.False(
                text.Contains("http:", StringComparison.Ordinal) || text.Contains("https:", StringComparison.Ordinal),
                path
            );
            Assert.False(
                text.Contains("innerHTML", StringComparison.Ordinal)
                    || text.Contains("<style", StringComparison.Ordinal),
                path
            );
            Assert.False(
                text.Contains("style=", StringComparison.Ordinal)
                    || text.Contains("onclick=", StringComparison.Ordinal),
                path
            );
        }
    }

    [Fact]
    public async Task It_is_only_looked_at()
    {
        await using var console = await ServedConsole.StartAsync();
        var answer = await Stackmeta.Tests.Support.RawHttp.AskAsync(
            console.EndPoint,
            $"POST /explain HTTP/1.1\r\nHost: 127.0.0.1\r\n{await console.CookieAsync()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer["Allow"]));
    }

    [Fact]
    public async Task Only_documents_of_the_list_are_asked_for()
    {
        await using var console = await ServedConsole.StartAsync();
        var answer = await console.AskAsync(
            "/document?asked=x&path=/etc/passwd",
            Loopback,
            await console.CookieAsync()
        );
        Assert.Contains("no such document", answer.Text);
        Assert.Empty(console.Path.Read);
    }
}
