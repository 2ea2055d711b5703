using Microsoft.Extensions.Logging.Abstractions;

namespace Stackmeta.Edge.Tests;

/// <summary>What another process is told of what packets obey.</summary>
public sealed class AppliedFilesTests : IDisposable
{
    readonly string _run = Directory.CreateTempSubdirectory("stackmeta-applied-").FullName;
    readonly AppliedFiles _files;
    readonly EdgeNetwork _network = Networks.Isolated(
        Networks.Host(1, "10.0.0.70", "2001:db8::70") with
        {
            DeviceId = "an \"odd\" device",
        },
        Networks.Host(2)
    );

    public AppliedFilesTests() => _files = new(_run, TimeProvider.System, NullLogger<AppliedFiles>.Instance);

    public void Dispose() => Directory.Delete(_run, recursive: true);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    NetworkFiles Files => RunDirectory.FilesIn(_run, _network.Id);

    Task<bool> WriteAsync(AppliedNetwork applied) => AppliedFile.TryWriteAsync(Files.Applied, applied, Cancellation);

    [Fact]
    public async Task A_file_tells_what_was_written_and_what_it_is_replaced_by_at_once()
    {
        var applied = AppliedNetwork.Of(_network);
        Assert.False(await WriteAsync(applied));
        Assert.Null(_files.FindNetwork(_network.Id));
        Directory.CreateDirectory(Files.Directory);
        Assert.True(await WriteAsync(applied));
        Assert.True(_files.FindNetwork(_network.Id)!.IsSameAs(applied));
        // Many within one tick of the file system's clock.
        for (var i = 0; i < 200; i++)
        {
            var next = i % 2 == 0 ? AppliedNetwork.Nothing : applied;
            await WriteAsync(next);
            Assert.True(_files.FindNetwork(_network.Id)!.IsSameAs(next));
        }
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(Files.Applied)
        );
        Directory.Delete(Files.Directory, recursive: true);
        Assert.Null(_files.FindNetwork(_network.Id));
    }

    [Fact]
    public async Task Few_files_are_kept_open_however_often_they_are_replaced()
    {
        for (var network = 0; network < 300; network++)
        {
            var id = Guid.NewGuid();
            var path = RunDirectory.FilesIn(_run, id).Applied;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            for (var i = 0; i < 3; i++)
            {
                var next = i == 1 ? AppliedNetwork.Nothing : AppliedNetwork.Of(_network);
                await AppliedFile.TryWriteAsync(path, next, Cancellation);
                Assert.True(_files.FindNetwork(id)!.IsSameAs(next));
            }
        }

        var open = Directory
            .GetFiles("/proc/self/fd")
            .Select(static descriptor => new FileInfo(descriptor).LinkTarget)
            .Count(target => target?.StartsWith(_run, StringComparison.Ordinal) == true);
        Assert.InRange(open, 1, 256);
    }

    /// <summary>The file that one request looks at may just have been closed by another, which has found its replacement.</summary>
    [Fact]
    public async Task Requests_at_once_are_told_of_what_is_there_while_it_is_replaced()
    {
        var applied = AppliedNetwork.Of(_network);
        Directory.CreateDirectory(Files.Directory);
        await WriteAsync(applied);
        using var written = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asking = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(
                    () =>
                    {
                        while (!written.IsCancellationRequested)
                        {
                            Assert.True(_files.FindNetwork(_network.Id)!.IsSameAs(applied));
                        }
                    },
                    Cancellation
                )
            )
            .ToList();
        for (var i = 0; i < 500; i++)
        {
            await WriteAsync(applied);
        }
        await written.CancelAsync();
        await Task.WhenAll(asking);

        var closed = File.OpenHandle(Files.Applied);
        Assert.NotNull(Libc.IdentityOf(closed));
        closed.Dispose();
        Assert.Null(Libc.IdentityOf(closed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"ports":{"x":{}}}""")]
    [InlineData("""{"ports":[]}""")]
    [InlineData("""{"ports":{"44444444-4444-4444-4444-444444444444":{"device":"a","mac":"none","addresses":[]}}}""")]
    public async Task One_that_cannot_be_read_tells_nothing_new(string text)
    {
        Directory.CreateDirectory(Files.Directory);
        await File.WriteAllTextAsync(Files.Applied, text, Cancellation);
        // It is provided here, and nothing is known to hold.
        Assert.True(_files.FindNetwork(_network.Id)!.IsSameAs(AppliedNetwork.Nothing));
        var applied = AppliedNetwork.Of(_network);
        await WriteAsync(applied);
        Assert.True(_files.FindNetwork(_network.Id)!.IsSameAs(applied));
        await File.WriteAllTextAsync(Files.Applied, text, Cancellation);
        Assert.True(_files.FindNetwork(_network.Id)!.IsSameAs(applied));
    }

    [Fact]
    public async Task A_router_has_its_interfaces()
    {
        var router = new EdgeRouter(
            Guid.NewGuid(),
            [new(Guid.NewGuid(), Networks.Mac(9), _network.Id, 0, [new(System.Net.IPAddress.Loopback, 24)])]
        );
        var path = RunDirectory.RouterFilesIn(_run, router.Id).Applied;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AppliedFile.TryWriteAsync(path, AppliedRouter.Of(router), Cancellation);
        var found = _files.FindRouter(router.Id)!;
        Assert.True(found.IsSameAs(AppliedRouter.Of(router)));
        Assert.True(found.IsOn(_network.Id));
        Assert.False(found.IsOn(router.Id));
    }
}
