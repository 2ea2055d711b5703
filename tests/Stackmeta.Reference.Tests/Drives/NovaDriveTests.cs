using System.Globalization;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// The drives that Nova's own code builds of the recorded instances, against those of <c>stackmeta config-drive build --config-file</c>.
/// Explicit: Nova itself is installed only for <c>./test openstack</c>.
/// </summary>
[Collection(ReferenceCollection.Name)]
public sealed class NovaDriveTests(ReferenceCloud cloud) : IDisposable
{
    static readonly string[] _formats = ["iso9660", "vfat"];

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-nova-drives-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    public async Task Every_recorded_instance_gets_the_files_that_nova_writes()
    {
        var (verdicts, refused) = await CompareAsync(DriveOrder.All, []);
        // Deleted, without a cell, in another cell than mapped, without info cache or with a broken one, without a name or a flavor.
        Assert.Equal(14, refused);
        Expect(verdicts);
    }

    [Theory(Explicit = true)]
    [InlineData("api.config_drive_skip_versions", "")]
    [InlineData("api.config_drive_skip_versions", "latest 2018-08-27 2007-01-19")]
    [InlineData("api.dhcp_domain", "cloud.example.org")]
    [InlineData("DEFAULT.injected_network_template", "")]
    public async Task With_other_settings_the_files_change_as_novas_do(string option, string value)
    {
        var (verdicts, _) = await CompareAsync(DriveOrder.All.Where(order => order.AdminPassword is null), (option, value));
        Expect(verdicts);
    }

    /// <summary>docs/differences.md: Nova's drive, and with it the instance, fails.</summary>
    [Fact(Explicit = true)]
    public async Task Without_a_static_provider_nova_builds_nothing_and_ours_lacks_one_file()
    {
        Skip();
        var conf = await ConfAsync(("api.vendordata_providers", "DynamicJSON"));
        var order = DriveOrder.All[0];
        var nova = await NovaDrives.BuildAsync([order], conf, _folder);
        Assert.StartsWith("InvalidMetadataPath", nova[order.Name]);
        Assert.Equal("", await BuildAsync(order, "iso9660", conf));
    }

    /// <returns>What became of all files, and how many drives neither builds.</returns>
    async Task<(Verdicts, int)> CompareAsync(
        IEnumerable<DriveOrder> chosen,
        params (string Option, string? Value)[] options
    )
    {
        Skip();
        DriveOrder[] orders = [.. chosen];
        var conf = await ConfAsync(options);
        var nova = await NovaDrives.BuildAsync(orders, conf, _folder);
        var verdicts = new Verdicts();
        var refused = 0;
        foreach (var order in orders)
        {
            foreach (var format in _formats)
            {
                var ours = await BuildAsync(order, format, conf);
                if (nova[order.Name] is { } raised && ours.Length > 0)
                {
                    refused++;
                    TestContext.Current.TestOutputHelper?.WriteLine($"{order.Name}: {raised} | {ours}");
                }
                else if (nova[order.Name] is not null || ours.Length > 0)
                {
                    verdicts.Mismatch($"{order.Name}: {nova[order.Name] ?? "a drive"} against {(ours.Length > 0 ? ours : "a drive")}");
                }
                else
                {
                    verdicts.Add(DriveJudge.Compare($"{order.Name} {format}", Image(order, format), Image(order, $"ours.{format}")));
                }
            }
        }
        return (verdicts, refused / _formats.Length);
    }

    /// <returns>What the command said; empty when it made the drive.</returns>
    async Task<string> BuildAsync(DriveOrder order, string format, string conf)
    {
        List<string> arguments =
        [
            "config-drive",
            "build",
            order.Uuid,
            "--config-file",
            conf,
            "--set",
            "compatibility=zed",
            "--set",
            "log.level=error",
            "--format",
            format,
            "--out",
            Image(order, $"ours.{format}"),
        ];
        if (order.AdminPassword is { } password)
        {
            var file = Path.Combine(_folder, "password");
            await File.WriteAllTextAsync(file, password);
            arguments.AddRange(["--admin-pass-file", file]);
        }
        foreach (var (path, content) in order.Files)
        {
            var local = Path.Combine(_folder, $"file{order.Files.IndexOf((path, content)).ToString(CultureInfo.InvariantCulture)}");
            await File.WriteAllBytesAsync(local, content);
            arguments.AddRange(["--file", $"{path}={local}"]);
        }
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(arguments, TextWriter.Null, error, CancellationToken.None);
        Assert.Equal(code == 0, error.ToString().Length == 0);
        return error.ToString();
    }

    string Image(DriveOrder order, string extension) => Path.Combine(_folder, $"{order.Name}.{extension}");

    async Task<string> ConfAsync(params (string Option, string? Value)[] options) =>
        await cloud.WriteNovaConfAsync(await cloud.LoadWholeAsync(), options);

    void Expect(Verdicts verdicts)
    {
        cloud.Count(verdicts);
        TestContext.Current.TestOutputHelper?.WriteLine(verdicts.ToString());
        Assert.True(verdicts.Mismatches.Count == 0, $"{verdicts}\n{string.Join('\n', verdicts.Mismatches.Order().Take(20))}");
        Assert.NotEqual(0, verdicts.Requests);
    }

    static void Skip()
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        Assert.SkipWhen(NovaDrives.Missing is not null, NovaDrives.Missing ?? "");
    }
}
