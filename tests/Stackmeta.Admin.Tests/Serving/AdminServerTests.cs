using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Admin.Tests;

/// <summary>The socket itself: whom it lets in, what it replaces, and what it answers to what it does not know.</summary>
public sealed class AdminServerTests
{
    [Fact]
    public async Task The_socket_is_for_its_owner_alone()
    {
        await using var admin = await TestAdmin.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(admin.Socket));
    }

    [Fact]
    public async Task OSSN0106_another_user_is_refused_by_the_kernels_word_even_where_the_mode_lets_it_in()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can ask as another user");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/curl"), "needs setpriv and curl");
        await using var admin = await TestAdmin.StartAsync();
        File.SetUnixFileMode(Path.GetDirectoryName(admin.Socket)!, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(admin.Socket, (UnixFileMode)0b110_110_110);

        Assert.Equal("403", await StatusForAsync("65534", admin.Socket));
        Assert.Equal("200", await StatusForAsync("0", admin.Socket));
    }

    [Fact]
    public async Task A_stale_socket_is_replaced_and_a_living_one_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("stackmeta-admin-").FullName;
        var path = Path.Combine(folder, "admin.sock");
        try
        {
            using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                dead.Bind(new UnixDomainSocketEndPoint(path));
            }
            await using var first = await StartAsync(path, takeOver: false);
            var occupied = await Assert.ThrowsAsync<ListenException>(() => StartAsync(path, takeOver: false));
            Assert.Contains(path, occupied.Message);
            Assert.Contains("admin.listen", occupied.Message);
            await using var second = await StartAsync(path, takeOver: true);
            await first.DisposeAsync();
            Assert.True(File.Exists(path), "the first took the second's socket away");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("GET", "/no-such", 404)]
    [InlineData("GET", "/livez/", 404)]
    [InlineData("GET", "/livez/../metrics", 404)]
    [InlineData("GET", "//livez", 404)]
    [InlineData("POST", "/livez", 405)]
    [InlineData("GET", "/livez?x=1", 200)]
    [InlineData("HEAD", "/livez", 200)]
    [InlineData("GET", "/refusals?limit=no", 400)]
    [InlineData("GET", "/refusals?limit=0", 400)]
    [InlineData("OPTIONS", "*", 400)]
    public async Task What_is_not_there_is_told_so(string method, string target, int status)
    {
        await using var admin = await TestAdmin.StartAsync();
        Assert.Equal(status, (await admin.AskAsync(target, method)).Status);
    }

    [Fact]
    public async Task A_client_whose_address_has_no_end_is_answered_and_so_are_others()
    {
        await using var admin = await TestAdmin.StartAsync();
        using (var client = RawHttp.On(await UnendedPath.ConnectAsync(admin.Socket)))
        {
            await client.SendAsync("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal(200, (await client.ReadAnswerAsync()).Status);
        }
        Assert.Equal(200, (await admin.AskAsync("/livez")).Status);
    }

    [Fact]
    public async Task A_route_that_throws_is_a_500_without_the_exceptions_words()
    {
        await using var admin = await TestAdmin.StartAsync(
            routes: new AdminRoute("GET", "/fails", "Fails.", _ => throw new InvalidOperationException("canary-4711"))
            {
                Responses = [],
            }
        );
        var answer = await admin.AskAsync("/fails");
        Assert.Equal(500, answer.Status);
        Assert.DoesNotContain("canary", answer.Text);
    }

    [Fact]
    public async Task An_answer_that_fails_in_the_middle_breaks_the_connection()
    {
        await using var admin = await TestAdmin.StartAsync(
            routes: new AdminRoute(
                "GET",
                "/half",
                "Fails half-way.",
                request =>
                    AdminAnswer.StreamAsync(
                        request,
                        AdminAnswer.Bytes,
                        200_000,
                        async (body, cancellationToken) =>
                        {
                            await body.WriteAsync(new byte[100_000], cancellationToken);
                            throw new IOException("canary-4711");
                        }
                    )
            )
            {
                Responses = [],
            }
        );
        var (code, head) = await RunAsync(
            "curl",
            ["-s", "--unix-socket", admin.Socket, "-D", "-", "-o", "/dev/null", "http://x/half"]
        );
        Assert.Contains("Content-Length: 200000\r\n", head);
        // 18: the transfer ended early; 56: the connection was reset.
        Assert.True(code is 18 or 56, $"curl ended with {code}");
        Assert.Equal(200, (await admin.AskAsync("/livez")).Status);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/../admin.sock/metrics")]
    [InlineData("/%2e%2e/metrics")]
    [InlineData("/trace")]
    public async Task A_guests_server_has_none_of_the_operators_paths(string target)
    {
        await using var admin = await TestAdmin.StartAsync();
        // The guests' server answers everything alike: it knows no routes.
        Assert.Equal("hello", (await admin.GuestAsync(target)).Text);
    }

    static Task<AdminServer> StartAsync(string path, bool takeOver) =>
        AdminServer.StartAsync(path, takeOver, [], NullLoggerFactory.Instance, CancellationToken.None);

    static async Task<string> StatusForAsync(string user, string socket)
    {
        string[] curl = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", socket, "http://x/"];
        return (await RunAsync("setpriv", ["--reuid", user, "--clear-groups", "curl", .. curl])).Output;
    }

    static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
