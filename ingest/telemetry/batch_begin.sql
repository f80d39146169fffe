-- What the series of this load mean, as the roll-up reads it, and what the integers stand for.
CREATE OR REPLACE TEMP TABLE load_window AS
SELECT $read_from AS read_from, $window_start AS window_start, $window_end AS window_end;
CREATE OR REPLACE TEMP TABLE every_gauge (
  series INTEGER, device INTEGER, holder INTEGER, node INTEGER, role VARCHAR, ceiling DOUBLE, divisor DOUBLE, root INTEGER);
CREATE OR REPLACE TEMP TABLE device (
  device INTEGER, parent INTEGER, slices INTEGER, device_id VARCHAR, parent_id VARCHAR, mig_profile VARCHAR, gpu_model VARCHAR,
  device_kind VARCHAR, gpu_util_as VARCHAR, device_index VARCHAR, pci_bus_id VARCHAR, uuid_mask VARCHAR);
CREATE OR REPLACE TEMP TABLE device_holder (holder INTEGER, namespace VARCHAR, pod VARCHAR);
CREATE OR REPLACE TEMP TABLE device_node (node INTEGER, name VARCHAR);
CREATE OR REPLACE TEMP TABLE counter (
  series INTEGER, process INTEGER, role VARCHAR, le DOUBLE, factor DOUBLE, histogram INTEGER);
CREATE OR REPLACE TEMP TABLE twin (series INTEGER, counter INTEGER);
CREATE OR REPLACE TEMP TABLE copy (series INTEGER, kept INTEGER, place INTEGER);
CREATE OR REPLACE TEMP TABLE process (
  process INTEGER, server VARCHAR, layer INTEGER, model VARCHAR, version VARCHAR, endpoint VARCHAR, team VARCHAR,
  namespace VARCHAR, pod VARCHAR);
CREATE OR REPLACE TEMP TABLE read_file (file_id VARCHAR, first_ms BIGINT, last_ms BIGINT);
