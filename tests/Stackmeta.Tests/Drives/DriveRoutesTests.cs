using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Admin;
using Stackmeta.Api;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Tests;

/// <summary>Drives that a hypervisor fetches from the admin socket, by curl as an operator would.</summary>
public sealed class DriveRoutesTests
{
    [Theory]
    [InlineData("", DriveFormat.Iso9660, "config-2")]
    [InlineData("?format=iso9660", DriveFormat.Iso9660, "config-2")]
    [InlineData("?format=vfat", DriveFormat.Vfat, "config-2")]
    [InlineData("?seed=nocloud", DriveFormat.Iso9660, "cidata")]
    [InlineData("?seed=nocloud&format=vfat", DriveFormat.Vfat, "cidata")]
    public async Task A_drive_is_what_the_command_builds(string query, DriveFormat format, string label)
    {
        await using var path = await ObservedPath.StartAsync();
        await path.Inventory.Instances.ChangeAsync(
            path.Port.DeviceId,
            entry => entry with { UserData = "#!/bin/sh\n"u8.ToArray() },
            default
        );
        var fetched = Path.GetTempFileName();
        var built = Path.GetTempFileName();
        try
        {
            var (code, _) = await CurlAsync(
                path.AdminSocket,
                $"/config-drive/{path.Port.DeviceId}{query}",
                "-f",
                "-o",
                fetched
            );
            Assert.Equal(0, code);
            var arguments = label == "cidata" ? (string[])["--seed", "nocloud"] : [];
            await path.RunAsync(["config-drive", "build", path.Port.DeviceId, "--out", built, .. arguments]);

            await using var first = File.OpenRead(fetched);
            await using var second = File.OpenRead(built);
            var (image, other) = (DriveImage.Open(first).Image!, DriveImage.Open(second).Image!);
            Assert.Equal((format, label), (image.Format, image.Label));
            // The seed for the guest's random numbers is another in every drive.
            Assert.All(
                DriveDiff.Compare(image, other),
                difference => Assert.EndsWith("/meta_data.json", difference.Path)
            );
        }
        finally
        {
            File.Delete(fetched);
            File.Delete(built);
        }
    }

    [Fact]
    public async Task An_instance_is_found_by_its_name_too()
    {
        await using var path = await ObservedPath.StartAsync();
        var name = (await path.Inventory.Instances.FindAsync(path.Port.DeviceId, default)).Value!.Name;
        var (code, head) = await CurlAsync(path.AdminSocket, $"/config-drive/{name}", "-f", "-I");
        Assert.Equal(0, code);
        Assert.Contains("HTTP/1.1 200", head);
    }

    [Theory]
    [InlineData("iso9660")]
    [InlineData("vfat")]
    public async Task HEAD_tells_the_length_and_sends_nothing(string format)
    {
        await using var path = await ObservedPath.StartAsync();
        var target = $"/config-drive/{path.Port.DeviceId}?format={format}";
        var (code, head) = await CurlAsync(path.AdminSocket, target, "-I");
        Assert.Equal(0, code);
        var (_, written) = await CurlAsync(path.AdminSocket, target, "-o", "/dev/null", "-w", "%{size_download}");
        Assert.Contains($"Content-Length: {written}\r\n", head);
        Assert.Contains("Content-Type: application/octet-stream\r\n", head);
        Assert.EndsWith("\r\n\r\n", head);
    }

    [Theory]
    [InlineData("/config-drive/nobody", 404, "there is no instance")]
    [InlineData("/config-drive/..%2f..%2fetc%2fpasswd", 404, "there is no instance")]
    [InlineData("/config-drive/{id}?format=fat32", 400, "it must be iso9660 or vfat")]
    [InlineData("/config-drive/{id}?seed=ovf", 400, "it must be nocloud")]
    public async Task What_cannot_be_had_is_a_sentence(string target, int status, string reason)
    {
        await using var path = await ObservedPath.StartAsync();
        var (_, answer) = await CurlAsync(
            path.AdminSocket,
            target.Replace("{id}", path.Port.DeviceId),
            "-w",
            "%{http_code}"
        );
        Assert.EndsWith($"{status}", answer);
        Assert.Contains(reason, ReasonIn(answer[..^3]));
    }

    /// <summary>Each refusal of the sources, as a hypervisor is told it.</summary>
    [Theory]
    [InlineData(Refusal.InstanceNotFound, 404, "There is no instance 'nobody'")]
    [InlineData(Refusal.InstanceSourceUnavailable, 503, "The instance cannot be read at the moment; try again")]
    [InlineData(Refusal.InstanceSourceFailed, 500, "The drive cannot be rendered (instance-source-failed)")]
    [InlineData(Refusal.VendorDataUnavailable, 503, "The vendor data cannot be had")]
    [InlineData(Refusal.SecurityGroupsUnavailable, 503, "The names of the security groups cannot be had")]
    public async Task What_a_source_refuses_is_told_by_status_and_sentence(Refusal refusal, int status, string reason)
    {
        await using var drives = await DrivesAlone.StartAsync();
        drives.Routes.Serve(Sources.Refusing(refusal));
        var (_, answer) = await CurlAsync(drives.Socket, "/config-drive/nobody", "-w", "%{http_code}");
        Assert.EndsWith($"{status}", answer);
        Assert.Equal(reason, ReasonIn(answer[..^3]));
    }

    [Fact]
    public async Task Documents_that_do_not_fit_are_refused_before_a_byte_is_sent()
    {
        await using var drives = await DrivesAlone.StartAsync();
        drives.Routes.Serve(Sources.Giving(new byte[65 << 20]));
        var (_, answer) = await CurlAsync(drives.Socket, "/config-drive/any?format=vfat", "-w", "%{http_code}");
        Assert.EndsWith("422", answer);
        Assert.StartsWith("The files do not fit: ", ReasonIn(answer[..^3]));
        // The other format holds them.
        var (code, _) = await CurlAsync(drives.Socket, "/config-drive/any", "-f", "-o", "/dev/null");
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_process_that_has_no_api_yet_says_so()
    {
        await using var drives = await DrivesAlone.StartAsync();
        var (_, answer) = await CurlAsync(drives.Socket, "/config-drive/any", "-w", "%{http_code}");
        Assert.EndsWith("503", answer);
        Assert.Equal("This process has no metadata API, or not yet", ReasonIn(answer[..^3]));
    }

    [Fact]
    public async Task Who_goes_away_in_the_middle_harms_nobody()
    {
        await using var path = await ObservedPath.StartAsync();
        var target = $"/config-drive/{path.Port.DeviceId}?format=vfat";
        // 28: curl gave up, with most of the 64 MiB unsent.
        var (code, _) = await CurlAsync(path.AdminSocket, target, "--limit-rate", "100k", "-m", "1", "-o", "/dev/null");
        Assert.Equal(28, code);
        Assert.Equal(0, (await CurlAsync(path.AdminSocket, target, "-f", "-o", "/dev/null")).Code);
        Assert.DoesNotContain(path.Log.Lines, line => line.Contains("config-drive", StringComparison.Ordinal));
    }

    static string ReasonIn(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("errors")[0].GetProperty("reason").GetString()!;
    }

    static async Task<(int Code, string Output)> CurlAsync(string socket, string target, params string[] options)
    {
        using var curl = Process.Start(
            new ProcessStartInfo(
                "curl",
                ["-s", "--max-time", "60", "--path-as-is", "--unix-socket", socket, .. options, $"http://x{target}"]
            )
            {
                RedirectStandardOutput = true,
                StandardOutputEncoding = Encoding.Latin1,
                UseShellExecute = false,
            }
        )!;
        var output = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (curl.ExitCode, output);
    }

    /// <summary>An admin socket with nothing but the drives.</summary>
    sealed class DrivesAlone : IAsyncDisposable
    {
        readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-drives-").FullName;
        AdminServer _server = null!;

        public DriveRoutes Routes { get; } = new(names: null, TimeProvider.System);

        public string Socket => Path.Combine(_folder, "admin.sock");

        public static async Task<DrivesAlone> StartAsync()
        {
            var drives = new DrivesAlone();
            drives._server = await AdminServer.StartAsync(
                drives.Socket,
                takeOver: false,
                drives.Routes.All,
                NullLoggerFactory.Instance,
                TestContext.Current.CancellationToken
            );
            return drives;
        }

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Sources that answer as they are told.</summary>
    sealed class Sources(Refusal refusal, byte[] vendorData) : IInstanceSource, IVendorData, ISecurityGroupNames
    {
        public static DriveSource Refusing(Refusal refusal) => Of(new(refusal, []));

        public static DriveSource Giving(byte[] vendorData) => Of(new(Refusal.None, vendorData));

        static DriveSource Of(Sources sources) =>
            new()
            {
                Instances = sources,
                VendorData = sources,
                SecurityGroups = sources,
                Documents = new(),
                UsualFormat = DriveFormat.Iso9660,
                SkippedVersions = [],
            };

        public ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
            new(
                refusal is Refusal.None or Refusal.VendorDataUnavailable or Refusal.SecurityGroupsUnavailable
                    ? new Instance
                    {
                        Uuid = instanceId,
                        Hostname = "guest",
                        FlavorName = "small",
                        Ec2Ids = new() { Instance = 1, Image = 1 },
                    }
                    : (InstanceAnswer)refusal
            );

        public ValueTask<Refusal> SetPasswordAsync(string id, string password, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Refusal ReadStatic(out ReadOnlyMemory<byte>? json)
        {
            json = vendorData;
            return refusal == Refusal.VendorDataUnavailable ? refusal : Refusal.None;
        }

        public ValueTask<VendorDataAnswer> FindEntriesAsync(
            Instance instance,
            RequestTrail? trail,
            CancellationToken cancellationToken
        ) => new(new VendorDataAnswer([], Refusal.None));

        public ValueTask<SecurityGroupAnswer> FindNamesAsync(string id, CancellationToken cancellationToken) =>
            new(new SecurityGroupAnswer([], refusal == Refusal.SecurityGroupsUnavailable ? refusal : Refusal.None));
    }
}
