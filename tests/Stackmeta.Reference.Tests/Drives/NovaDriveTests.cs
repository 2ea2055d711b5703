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
        // Deleted; mapped to no cell or a wrong one; without info cache, flavor or host name; with an info cache of null. Each twice.
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
        var (verdicts, _) = await CompareAsync(DriveOrder.All.Where(order => !order.IsSpawn), (option, value));
        Expect(verdicts);
    }

    /// <summary>docs/differences.md: Nova's drive fails, and with it the instance.</summary>
    [Fact(Explicit = true)]
    public async Task Without_a_static_provider_nova_builds_nothing_and_ours_lacks_one_file()
    {
        Skip();
        var conf = await ConfAsync(("api.vendordata_providers", "DynamicJSON"));
        var order = DriveOrder.All[0];
        var nova = await NovaDrives.BuildAsync([order], conf, _folder);
        Assert.StartsWith("InvalidMetadataPath", nova[order.Name]);
        Assert.Equal("", (await DriveCommand.BuildAsync(order, conf, _folder)).Error);
    }

    /// <returns>What became of all files, and how many orders neither builds.</returns>
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
                var (image, error) = await DriveCommand.BuildAsync(order, conf, _folder, "--format", format);
                switch (nova[order.Name], error)
                {
                    case (null, ""):
                        var theirs = Path.Combine(_folder, $"{order.Name}.{format}");
                        verdicts.Add(DriveJudge.Compare($"{order.Name} {format}", theirs, image));
                        break;
                    case ({ } raised, { Length: > 0 }):
                        refused++;
                        TestContext.Current.TestOutputHelper?.WriteLine($"{order.Name}: {raised}; ours: {error}");
                        break;
                    case var (raised, said):
                        verdicts.Mismatch($"{order.Name}: '{raised}' against '{said}'");
                        break;
                }
                File.Delete(image);
            }
        }
        return (verdicts, refused / _formats.Length);
    }

    async Task<string> ConfAsync(params (string Option, string? Value)[] options) =>
        await cloud.WriteNovaConfAsync(await cloud.LoadWholeAsync(), options);

    void Expect(Verdicts verdicts)
    {
        cloud.Count(verdicts);
        TestContext.Current.TestOutputHelper?.WriteLine(verdicts.ToString());
        Assert.True(
            verdicts.Mismatches.Count == 0,
            $"{verdicts}\n{string.Join('\n', verdicts.Mismatches.Order().Take(20))}"
        );
        Assert.NotEqual(0, verdicts.Requests);
    }

    static void Skip()
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        Assert.SkipWhen(NovaDrives.Missing is not null, NovaDrives.Missing ?? "");
    }
}
